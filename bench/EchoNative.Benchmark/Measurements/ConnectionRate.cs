using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>
/// How many clients a server serves per second: each connects, has 5 bytes echoed and closes. Several clients run at a
/// time, so that the server's processor is never idle and the rate is limited by the server, not by the clients.
/// </summary>
internal static class ConnectionRate
{
    /// <summary>How many clients at a time.</summary>
    public const int AtATime = 4;

    private const string What = "connections a second";

    public static IEnumerable<Row> Measure(Lab lab, ServerCatalogue catalogue)
    {
        ServerProgram ours = ServerCatalogue.Ours;
        ServerProgram[] others = [ServerCatalogue.StaticC, ServerCatalogue.DynamicC, .. catalogue.Others];
        Series<ServerProgram, LoadResult> series = Lab.Interleave(What, [ours, .. others], lab.Plan.Rounds, program =>
        {
            using MeasuredServer server = new(lab, program);
            return Measure(lab, server);
        });

        foreach (ServerProgram other in others)
        {
            yield return series.Compare(What, ours, other, TargetBeside(other), Unit.PerSecond, result => result.Rate);
        }
    }

    /// <summary>Measures a running server.</summary>
    public static LoadResult Measure(Lab lab, MeasuredServer server) => LoadGenerator.Run(lab, server, Arguments(lab));

    /// <summary>Measures a server whose other children stay, so they cannot be waited for.</summary>
    public static LoadResult MeasureAmongOthers(Lab lab, MeasuredServer server)
    {
        using LoadGenerator load = LoadGenerator.Start(lab, server, Arguments(lab));
        return load.Finish();
    }

    private static System.FormattableString Arguments(Lab lab) =>
        $"--connections {AtATime} --warmup {lab.Plan.WarmupSeconds} --duration {lab.Plan.Seconds} connect";

    private static Target TargetBeside(ServerProgram other) => other.Name switch
    {
        "static C" => Target.AtLeast(1.0),
        "dynamic C" => Target.AtLeast(1.1),
        "socat" => Target.AtLeast(2.5),
        "tcpserver" or "ncat" => Target.AtLeast(5),
        _ => Target.More,
    };
}
