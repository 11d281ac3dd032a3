using System.Collections.Generic;

namespace EchoNative.Bench;

/// <summary>
/// What a connection costs the server: page faults and processor time, of the parent and of the child,
/// from the kernel's own account over a given number of connections.
/// </summary>
/// <remarks>
/// The cost of fork, exit and wait is not measured on a fork alone: it depends on what the parent's memory
/// looks like in the accept loop, which no test program has. It is what remains of the processor time of a
/// connection when that of a C server is subtracted which does the same without a fork. What our accept
/// loop does in addition to C's, such as its ppoll, then counts as a cost of the fork, to our disadvantage.
/// </remarks>
internal static class ConnectionCost
{
    private const double MicrosecondsPerSecond = 1e6;

    // The first connections fault in pages that stay.
    private const int FirstConnections = 100;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram[] others = [ServerCatalogue.StaticC, ServerCatalogue.DynamicC];
        ServerProgram forkless = ServerCatalogue.ForklessC;
        int connections = lab.Plan.CountedConnections;
        Series<ServerProgram, ProcessAccount> series = Lab.Interleave(
            "cost of a connection", [ours, .. others, forkless], lab.Plan.Rounds, program => MeasureOne(lab, program));

        double Time(int round, ServerProgram program) => series[program, round].Seconds * MicrosecondsPerSecond / connections;

        foreach (ServerProgram other in others)
        {
            bool hasTarget = other == ServerCatalogue.StaticC;
            yield return series.Compare(
                "page faults a connection", ours, other, hasTarget ? Target.AtMostOther(3) : Target.Less, Unit.Faults,
                account => account.MinorFaults / connections);
            yield return series.Compare("CPU time of a connection", ours, other, Target.Less, Unit.Microseconds, Time);

            if (series.IsSound(forkless))
            {
                yield return series.Compare(
                    "CPU time of fork + exit + wait", ours, other, hasTarget ? Target.AtMost(1.1) : Target.Less, Unit.Microseconds,
                    (round, program) => Time(round, program) - Time(round, forkless));
            }
        }
    }

    private static ProcessAccount MeasureOne(Lab lab, ServerProgram program)
    {
        using RunningServer server = new(lab, program);
        _ = Connect(lab, server, FirstConnections);
        ProcessAccount before = server.Settle();
        LoadResult result = Connect(lab, server, lab.Plan.CountedConnections);
        ProcessAccount cost = server.Settle().Since(before);
        return result.Operations == lab.Plan.CountedConnections
            ? cost
            : throw new MeasurementException($"{result.Operations} connections of {lab.Plan.CountedConnections}");
    }

    private static LoadResult Connect(Lab lab, RunningServer server, int count) =>
        LoadGenerator.Run(lab, server, $"--connections {ConnectionRate.AtATime} --warmup 0 --count {count} connect");
}
