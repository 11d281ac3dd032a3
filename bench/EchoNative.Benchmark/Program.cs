using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Benchmark;

/// <summary>The results of one run.</summary>
/// <param name="Machine">The machine it ran on.</param>
/// <param name="Plan">How long and how often it measured.</param>
/// <param name="Pinning">The processors of servers and load, in words.</param>
/// <param name="Rows">The results.</param>
/// <param name="Missing">The programs that could not be compared, and why.</param>
internal sealed record Report(
    Machine Machine, Plan Plan, string Pinning, IReadOnlyList<Row> Rows, IReadOnlyList<string> Missing);

/// <summary>
/// Measures everything, prints the table, and writes it to bench/results. make starts it, in the root of the source tree.
/// </summary>
internal static class Program
{
    private const int Misused = 2;
    private const string ResultsFolder = "bench/results";

    internal static int Main(string[] arguments)
    {
        if (arguments.Any(argument => argument != "--quick"))
        {
            Console.Error.WriteLine("Usage: EchoNative.Benchmark [--quick]");
            return Misused;
        }

        Report report = Measure(arguments.Length > 0 ? Plan.Quick : Plan.Full);
        Console.WriteLine();
        Console.Write(TextTable.ForTerminal(report));
        _ = Directory.CreateDirectory(ResultsFolder);
        File.WriteAllText(Path.Combine(ResultsFolder, "latest.json"), JsonResults.Write(report));
        File.WriteAllText(Path.Combine(ResultsFolder, "latest.md"), TextTable.ForMarkdown(report));
        File.WriteAllText(Path.Combine(ResultsFolder, "latest.svg"), SvgPlot.Draw(report));
        Console.WriteLine($"written: {ResultsFolder}/latest.json, latest.md, latest.svg");
        return report.Rows.All(row => row.IsValid) ? 0 : 1;
    }

    private static Report Measure(Plan plan)
    {
        using Lab lab = new(plan);
        ServerCatalogue catalogue = new();
        List<string> missing = [.. catalogue.Missing];
        List<Row> rows =
        [
            .. ConnectionRate.Measure(lab, catalogue),
            .. FirstEcho.Measure(lab),
            .. ConnectionCost.Measure(lab),
            .. RoundTrip.Measure(lab),
            .. Bulk.Measure(lab),
            .. RawClient.Measure(lab, missing),
            .. Memory.Measure(lab),
            .. StartTime.Measure(lab),
            .. Holding.Measure(lab),
        ];

        // Rows of the same quantity stand together, whichever measurement they come from.
        Row[] sorted = [.. rows.GroupBy(row => row.What).SelectMany(group => group)];
        return new Report(new Machine(), plan, lab.Pinning.Description, sorted, missing);
    }
}
