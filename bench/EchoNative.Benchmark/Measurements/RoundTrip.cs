using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>The round-trip time of 30 bytes on a connection that stays open.</summary>
internal static class RoundTrip
{
    private const string What = "round trip of 30 bytes, p50";

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram[] others = [ServerCatalogue.StaticC, ServerCatalogue.DynamicC];
        Series<ServerProgram, LoadResult> series = Lab.Interleave(What, [ours, .. others], lab.Plan.Rounds, program =>
        {
            using MeasuredServer server = new(lab, program);
            return LoadGenerator.Run(
                lab, server, $"--connections 1 --size 30 --warmup {lab.Plan.WarmupSeconds} --duration {lab.Plan.Seconds} ping");
        });

        foreach (ServerProgram other in others)
        {
            yield return series.Compare(What, ours, other, Target.AtMost(1.03), Unit.Microseconds, result => result.Median);
        }
    }
}
