using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace EchoNative.Faults;

/// <summary>Everything that was done, and what became of it.</summary>
/// <param name="results">One for each injection.</param>
internal sealed class Matrix(IReadOnlyList<(Injection Injection, Verdict Verdict)> results)
{
    private static readonly Dictionary<Target, string> s_names = new()
    {
        [Target.ServerStart] = "server, starting",
        [Target.ServerFinalizer] = "server, finalizer",
        [Target.ServerParent] = "server, parent",
        [Target.ServerChild] = "server, child",
        [Target.Receiver] = "client, receiver",
        [Target.Sender] = "client, sender",
    };

    /// <summary>How many promises were broken.</summary>
    public int Failed => results.Count(result => result.Verdict.Problem is not null);

    /// <summary>The line that counts.</summary>
    public string Sum =>
        $"{Count(InjectionKind.Error)} faults injected, {Survived(InjectionKind.Error)} survived\n"
        + $"{Count(InjectionKind.Signal)} signals delivered, {Survived(InjectionKind.Signal)} survived";

    /// <summary>As Markdown.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        _ = text.Append("| process | call | errors | on the 1st call | 2nd | 10th | unnoticed | one session ended, with its reason | server ended, with its reason |\n");
        _ = text.Append("|---|---|---|---|---|---|---|---|---|\n");
        foreach (IGrouping<(Target Target, string Call), (Injection Injection, Verdict Verdict)> group in Of(InjectionKind.Error)
            .GroupBy(result => (result.Injection.Target, result.Injection.Call))
            .OrderBy(group => group.Key.Target).ThenBy(group => group.Key.Call, System.StringComparer.Ordinal))
        {
            int errors = group.Select(result => result.Injection.What).Distinct().Count();
            string hits = string.Join(" | ", new[] { 1, 2, 10 }.Select(number => Cell(group.Count(result => result.Injection.Occurrence == number))));
            _ = text.Append(CultureInfo.InvariantCulture, $"| {s_names[group.Key.Target]} | {group.Key.Call} | {errors} | {hits} | {Outcomes(group)} |\n");
        }

        _ = text.Append("\n| process | signal | delivered | unnoticed | one session ended, with its reason | server ended, with its reason |\n");
        _ = text.Append("|---|---|---|---|---|---|\n");
        foreach (IGrouping<(Target Target, string What), (Injection Injection, Verdict Verdict)> group in Of(InjectionKind.Signal)
            .GroupBy(result => (result.Injection.Target, result.Injection.What))
            .OrderBy(group => group.Key.Target).ThenBy(group => group.Key.What, System.StringComparer.Ordinal))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"| {s_names[group.Key.Target]} | {group.Key.What} | {group.Count()} | {Outcomes(group)} |\n");
        }

        return text.Append('\n').Append(Sum).Append('\n').ToString();
    }

    private static string Outcomes(IEnumerable<(Injection Injection, Verdict Verdict)> group) =>
        string.Join(" | ", new[] { Outcome.Unnoticed, Outcome.OneEnded, Outcome.ServerEnded }
            .Select(outcome => Cell(group.Count(result => result.Verdict.Problem is null && result.Verdict.Outcome == outcome))));

    private static string Cell(int count) => count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<(Injection Injection, Verdict Verdict)> Of(InjectionKind kind) => results.Where(result => result.Injection.Kind == kind);

    private int Count(InjectionKind kind) => Of(kind).Count();

    private int Survived(InjectionKind kind) => Of(kind).Count(result => result.Verdict.Problem is null);
}
