using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>
/// The page faults and the processor time of a connection, of the parent and the child together. The kernel's account of a
/// number of connections is divided by that number.
/// </summary>
/// <remarks>
/// The cost of fork, exit and wait depends on the memory of the parent in its accept loop, so it cannot be measured in a
/// program of its own. It is the processor time of a connection less that of a C server that does the same without fork.
/// What our accept loop does in addition to that of the C server, such as ppoll, then counts as a cost of the fork, to our
/// disadvantage.
/// </remarks>
internal static class ConnectionCost
{
    private const double MicrosecondsPerSecond = 1e6;

    // The first connections cause page faults that later ones do not.
    private const int FirstConnections = 100;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram[] others = [ServerCatalogue.StaticC, ServerCatalogue.DynamicC];
        ServerProgram forkless = ServerCatalogue.ForklessC;
        int connections = lab.Plan.CountedConnections;
        Series<ServerProgram, ProcessAccount> series = Lab.Interleave(
            "cost of a connection", [ours, .. others, forkless], lab.Plan.Rounds, program => MeasureOne(lab, program));

        double Time(int round, ServerProgram program) =>
            series[program, round].Seconds * MicrosecondsPerSecond / connections;

        foreach (ServerProgram other in others)
        {
            bool hasTarget = other == ServerCatalogue.StaticC;
            yield return series.Compare(
                "page faults a connection", ours, other, hasTarget ? Target.AtMostOther(3) : Target.Less, Unit.Faults,
                account => account.MinorFaults / connections);
            yield return series.Compare("CPU time of a connection", ours, other, Target.Less, Unit.Microseconds, Time);

            if (series.IsValid(forkless))
            {
                yield return series.Compare(
                    "CPU time of fork + exit + wait",
                    ours,
                    other,
                    hasTarget ? Target.AtMost(1.1) : Target.Less,
                    Unit.Microseconds,
                    (round, program) => Time(round, program) - Time(round, forkless));
            }
        }
    }

    private static ProcessAccount MeasureOne(Lab lab, ServerProgram program)
    {
        using MeasuredServer server = new(lab, program);
        _ = Connect(lab, server, FirstConnections);
        ProcessAccount before = server.WaitForChildren();
        LoadResult result = Connect(lab, server, lab.Plan.CountedConnections);
        ProcessAccount cost = server.WaitForChildren().Since(before);
        return result.Operations == lab.Plan.CountedConnections
            ? cost
            : throw new MeasurementException($"{result.Operations} connections of {lab.Plan.CountedConnections}");
    }

    private static LoadResult Connect(Lab lab, MeasuredServer server, int count) =>
        LoadGenerator.Run(lab, server, $"--connections {ConnectionRate.AtATime} --warmup 0 --count {count} connect");
}
