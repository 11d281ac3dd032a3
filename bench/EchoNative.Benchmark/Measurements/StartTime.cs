using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Benchmark;

/// <summary>The time from exec until the server listens. bench/c/start-time.c measures it.</summary>
internal static class StartTime
{
    private const string What = "exec to \"listening on\"";
    private const double MicrosecondsPerMillisecond = 1000;

    public static IEnumerable<Row> Measure(Lab lab)
    {
        Lab.Log($"{What}: {lab.Plan.StartRounds} rounds");
        string[] servers = [Lab.Ours("echo-server"), Lab.Reference("echo-server-static"), Lab.Reference("echo-server-dynamic")];
        string count = lab.Plan.StartRounds.ToString(CultureInfo.InvariantCulture);
        using StartedProcess process =
            StartedProcess.Start(lab.Pinning.Server([Lab.Reference("start-time"), count, .. servers]), readsOutput: true);
        (string output, string error) = process.Finish();
        double[][] rounds =
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray()),
        ];
        string? fault = process.ExitStatus == 0 ? null : $"start-time: exit status {process.ExitStatus}: {error}";

        yield return Compare(rounds, fault, 1, ServerCatalogue.StaticC, Target.AtMost(3));
        yield return Compare(rounds, fault, 2, ServerCatalogue.DynamicC, Target.Less);
    }

    private static Row Compare(double[][] rounds, string? fault, int other, ServerProgram program, Target target) => new()
    {
        What = What,
        Against = program.Name,
        Target = target,
        Unit = Unit.Milliseconds,
        Fault = fault,
        Rounds =
        [
            .. rounds.Select(round => new Pair(
                round[0] / MicrosecondsPerMillisecond, round[other] / MicrosecondsPerMillisecond)),
        ],
    };
}
