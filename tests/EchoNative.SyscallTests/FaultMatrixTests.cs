using System.Collections.Generic;
using System.Linq;
using EchoNative.Faults;

namespace EchoNative.SyscallTests;

/// <summary>A part of what <c>make test-faults</c> does.</summary>
public sealed class FaultMatrixTests
{
    // A prime number, so that the sample covers every process, call and error.
    private const int Every = 41;
    private const int Several = 1000;

    [Fact]
    public void Of_all_faults_every_forty_first_is_survived()
    {
        List<Injection> plan = Campaign.Plan();
        Assert.InRange(plan.Count, Several, int.MaxValue);
        List<string> problems = [];
        FaultReport report = Campaign.Run(
            [.. plan.Where((_, index) => index % Every == 0)],
            (injection, result) => problems.AddRange(result.Problem is null ? [] : [$"{injection}: {result.Problem}"]));
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
        Assert.Equal(0, report.Failed);
    }
}
