using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// Runs the whole matrix and writes it into docs/faults.md; with <c>--only TEXT</c> only the cases whose name holds
/// the text, such as <c>accept</c> or <c>Sender read EIO 1</c>.
/// </summary>
internal static class Program
{
    private const int Progress = 100;

    internal static int Main(string[] arguments)
    {
        string? only = arguments is ["--only", string text] ? text : null;
        List<Injection> plan = [.. Campaign.Plan().Where(injection => $"{injection}".Contains(only ?? "", StringComparison.Ordinal))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plan.Count} runs"));
        int done = 0;
        Matrix matrix = Campaign.Run(plan, (injection, verdict) =>
        {
            done++;
            if (verdict.Problem is string problem)
            {
                Console.WriteLine($"BROKEN: {injection}\n{problem}\n");
            }
            else if (done % Progress == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} done"));
            }
        });
        Console.WriteLine($"{matrix}");
        if (only is null && matrix.Failed == 0)
        {
            GeneratedSection.Write("docs/faults.md", "faults", $"{matrix}");
        }

        return matrix.Failed == 0 && plan.Count > 0 ? 0 : 1;
    }
}
