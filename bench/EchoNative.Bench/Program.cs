using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>Measures everything, prints the table, and writes it down. It is started by make, in the folder of the repository.</summary>
internal static class Program
{
    private const int Misused = 2;
    private const string ResultsFolder = "bench/results";

    internal static int Main(string[] arguments)
    {
        if (arguments.Any(argument => argument != "--quick"))
        {
            Console.Error.WriteLine("Usage: EchoNative.Bench [--quick]");
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

        // A measurement yields a row for each other server; a reader looks for all others of one measure.
        return new Report(new Machine(), plan, lab.Pinning.Description, [.. rows.GroupBy(row => row.What).SelectMany(group => group)], missing);
    }
}
