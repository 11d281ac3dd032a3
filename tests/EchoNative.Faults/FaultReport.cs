using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace EchoNative.Faults;

/// <summary>The results of all runs, as the tables of docs/faults.md.</summary>
/// <param name="results">One result for each injection.</param>
internal sealed class FaultReport(IReadOnlyList<(Injection Injection, RunResult Result)> results)
{
    private const string OutcomeHead = " unnoticed | one session ended, with its reason | server ended, with its reason |\n";

    private static readonly int[] s_occurrences = [1, 2, 10];

    private static readonly Outcome[] s_outcomes = [Outcome.Unnoticed, Outcome.OneEnded, Outcome.ServerEnded];

    private static readonly Dictionary<Target, string> s_names = new()
    {
        [Target.ServerStart] = "server, starting",
        [Target.ServerFinalizer] = "server, finalizer",
        [Target.ServerParent] = "server, parent",
        [Target.ServerChild] = "server, child",
        [Target.IdleChild] = "server, child, idle timeout",
        [Target.ProxyChild] = "server, child, PROXY header",
        [Target.Receiver] = "client, receiver",
        [Target.WaitingReceiver] = "client, receiver, --wait",
        [Target.Sender] = "client, sender",
    };

    /// <summary>How many runs violated an invariant.</summary>
    public int Failed => results.Count(run => run.Result.Problem is not null);

    /// <summary>The two lines that sum up all runs.</summary>
    public string Sum =>
        $"{Count(InjectionKind.Error)} faults injected, {Survived(InjectionKind.Error)} survived\n"
        + $"{Count(InjectionKind.Signal)} signals delivered, {Survived(InjectionKind.Signal)} survived";

    /// <summary>The tables in Markdown, and the sum.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        AddErrors(text);
        _ = text.Append('\n');
        AddSignals(text);
        return text.Append('\n').Append(Sum).Append('\n').ToString();
    }

    private void AddErrors(StringBuilder text)
    {
        _ = text.Append("| process | call | errors | on the 1st call | 2nd | 10th |").Append(OutcomeHead);
        _ = text.Append("|---|---|---|---|---|---|---|---|---|\n");
        foreach (IGrouping<(Target Target, string Call), (Injection Injection, RunResult Result)> group
            in Of(InjectionKind.Error)
                .GroupBy(run => (run.Injection.Target, run.Injection.Call))
                .OrderBy(group => group.Key.Target)
                .ThenBy(group => group.Key.Call, System.StringComparer.Ordinal))
        {
            int errors = group.Select(run => run.Injection.What).Distinct().Count();
            string hits = string.Join(
                " | ", s_occurrences.Select(number => Cell(group.Count(run => run.Injection.Occurrence == number))));
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"| {s_names[group.Key.Target]} | {group.Key.Call} | {errors} | {hits} | {OutcomesOf(group)} |\n");
        }
    }

    private void AddSignals(StringBuilder text)
    {
        _ = text.Append("| process | signal | delivered |").Append(OutcomeHead);
        _ = text.Append("|---|---|---|---|---|---|\n");
        foreach (IGrouping<(Target Target, string What), (Injection Injection, RunResult Result)> group
            in Of(InjectionKind.Signal)
                .GroupBy(run => (run.Injection.Target, run.Injection.What))
                .OrderBy(group => group.Key.Target)
                .ThenBy(group => group.Key.What, System.StringComparer.Ordinal))
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"| {s_names[group.Key.Target]} | {group.Key.What} | {group.Count()} | {OutcomesOf(group)} |\n");
        }
    }

    private static string OutcomesOf(IEnumerable<(Injection Injection, RunResult Result)> group) =>
        string.Join(
            " | ",
            s_outcomes.Select(outcome => Cell(group.Count(run => run.Result.Problem is null && run.Result.Outcome == outcome))));

    private static string Cell(int count) => count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<(Injection Injection, RunResult Result)> Of(InjectionKind kind) =>
        results.Where(run => run.Injection.Kind == kind);

    private int Count(InjectionKind kind) => Of(kind).Count();

    private int Survived(InjectionKind kind) => Of(kind).Count(run => run.Result.Problem is null);
}
