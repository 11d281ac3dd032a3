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
    public void A_sample_of_all_faults_is_survived()
    {
        List<Injection> plan = Campaign.Plan();
        Assert.InRange(plan.Count, Several, int.MaxValue);
        List<string> problems = [];
        FaultReport report = Campaign.Run(
            [.. plan.Where((injection, index) => index % Every == 0 || IsInterruptionOfIdleChild(injection))],
            (injection, result) => problems.AddRange(result.Problem is null ? [] : [$"{injection}: {result.Problem}"]));
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
        Assert.Equal(0, report.Failed);
    }

    // With --idle-timeout a child repeats an interrupted call in another way than without, so these are always in the sample.
    private static bool IsInterruptionOfIdleChild(Injection injection) =>
        injection is { Target: Target.IdleChild, Call: "read" or "write", What: "EINTR" };
}
