using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>The time from connect(2) until the echo of 5 bytes is complete, one client at a time.</summary>
internal static class FirstEcho
{
    private const string What = "connect to first echo";

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram[] others = [ServerCatalogue.StaticC, ServerCatalogue.DynamicC];
        Series<ServerProgram, LoadResult> series = Lab.Interleave(What, [ours, .. others], lab.Plan.Rounds, program =>
        {
            using MeasuredServer server = new(lab, program);
            return LoadGenerator.Run(
                lab, server, $"--connections 1 --warmup {lab.Plan.WarmupSeconds} --duration {lab.Plan.Seconds} connect");
        });

        foreach (ServerProgram other in others)
        {
            bool hasTarget = other == ServerCatalogue.StaticC;
            Target median = hasTarget ? Target.AtMost(1.05) : Target.Less;
            Target percentile = hasTarget ? Target.AtMost(1.1) : Target.Less;
            yield return series.Compare($"{What}, p50", ours, other, median, Unit.Microseconds, result => result.Median);
            yield return series.Compare(
                $"{What}, p99", ours, other, percentile, Unit.Microseconds, result => result.Percentile99);
        }
    }
}
