using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// Runs the whole campaign and writes the tables into docs/faults.md. With <c>--only TEXT</c> it runs only the injections
/// whose name contains the text, such as <c>accept</c> or <c>Sender read EIO 1</c>, and writes no file.
/// </summary>
internal static class Program
{
    private const int Progress = 100;

    internal static int Main(string[] arguments)
    {
        string? only = arguments is ["--only", string text] ? text : null;
        List<Injection> plan = Campaign.Plan();
        string[] missing = [.. plan.Select(injection => injection.Call).Distinct().Where(call => !ErrorTable.Has(call))];
        if (missing.Length > 0)
        {
            Console.Error.WriteLine($"errors.txt lacks {string.Join(", ", missing)}: add the errors that the man pages list");
            return 1;
        }

        plan.RemoveAll(injection => !$"{injection}".Contains(only ?? "", StringComparison.Ordinal));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plan.Count} runs"));
        int done = 0;
        FaultReport report = Campaign.Run(plan, (injection, result) =>
        {
            done++;
            if (result.Problem is string problem)
            {
                Console.WriteLine($"BROKEN: {injection}\n{problem}\n");
            }
            else if (done % Progress == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} done"));
            }
        });
        Console.WriteLine($"{report}");
        if (only is null && report.Failed == 0)
        {
            GeneratedSection.Write("docs/faults.md", "faults", $"{report}");
        }

        return report.Failed == 0 && plan.Count > 0 ? 0 : 1;
    }
}
