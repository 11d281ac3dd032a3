using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>
/// The throughput of one connection, and the processor time that the server needs for it. A gigabyte is 10^9 bytes; a byte
/// that is received and sent back counts once.
/// </summary>
internal static class Bulk
{
    private const double Giga = 1e9;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram copy = ServerCatalogue.StaticC;
        ServerProgram splice = ServerCatalogue.SpliceC;
        Series<ServerProgram, Transfer> series = Lab.Interleave(
            "bulk echo", [ours, copy, splice], lab.Plan.Rounds, program => MeasureOne(lab, program));

        yield return series.Compare("bulk: server's CPU", ours, copy, Target.AtMost(0.55), Unit.SecondsPerGigabyte, Cost);
        yield return series.Compare("bulk: server's CPU", ours, splice, Target.AtMost(1.05), Unit.SecondsPerGigabyte, Cost);
        yield return series.Compare("bulk: throughput", ours, copy, Target.AtLeast(1.05), Unit.GigabytesPerSecond, Speed);
        yield return series.Compare("bulk: throughput", ours, splice, Target.More, Unit.GigabytesPerSecond, Speed);
    }

    private static double Cost(Transfer transfer) => transfer.ServerSeconds / transfer.Gigabytes;

    private static double Speed(Transfer transfer) => transfer.GigabytesPerSecond;

    private static Transfer MeasureOne(Lab lab, ServerProgram program)
    {
        using MeasuredServer server = new(lab, program);
        ProcessAccount before = server.WaitForChildren();
        LoadResult result = LoadGenerator.Run(lab, server, $"--connections 1 --warmup 0 --count {lab.Plan.BulkBytes} stream");
        double seconds = server.WaitForChildren().Since(before).Seconds;
        return result.Bytes == lab.Plan.BulkBytes
            ? new Transfer(result.Bytes / Giga, seconds, result.BytesPerSecond / Giga)
            : throw new MeasurementException($"{result.Bytes} bytes came back of {lab.Plan.BulkBytes}");
    }

    private readonly record struct Transfer(double Gigabytes, double ServerSeconds, double GigabytesPerSecond);
}
