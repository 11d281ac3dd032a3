using System;
using EchoNative.Soak;

namespace EchoNative.ProcessTests;

/// <summary>The short form of <c>make soak</c>. Nothing runs beside it: it takes all processors.</summary>
[CollectionDefinition(nameof(SoakTests), DisableParallelization = true)]
[Collection(nameof(SoakTests))]
public sealed class SoakTests
{
    private const int Seconds = 30;

    [Fact]
    public void In_half_a_minute_of_disorder_no_connection_is_lost()
    {
        (bool isGood, string report) = SoakRun.Run(TimeSpan.FromSeconds(Seconds));
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(isGood, report);
    }
}
