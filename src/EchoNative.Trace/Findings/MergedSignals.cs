using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>
/// Children that ended while the SIGCHLD of another child was still pending: the kernel keeps one pending signal only, see
/// signal(7). This is a fault where the parent waits for one child only after the signal.
/// </summary>
internal static class MergedSignals
{
    public static IEnumerable<Finding> In(History history)
    {
        foreach (TracedProcess parent in history.Processes.Where(process => process.Children.Count > 1))
        {
            List<Step> signals = [.. history.Steps.Where(step =>
                step.Process == parent && step.Kind == StepKind.Signal && step.Detail == "SIGCHLD")];
            HashSet<TracedProcess?> announced = [.. signals.Select(step => step.Child)];
            ILookup<Step?, TracedProcess> merged = parent.Children
                .Where(child => child.End is not null && !announced.Contains(child))
                .ToLookup(child => signals.FirstOrDefault(step => step.At > child.End));
            foreach (Finding finding in signals.SelectMany(signal => Judge(parent, signal, [.. merged[signal]], signals)))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Judge(
        TracedProcess parent, Step signal, IReadOnlyList<TracedProcess> merged, IReadOnlyList<Step> signals)
    {
        Moment? next = signals.Where(step => step.At > signal.At).Select(step => (Moment?)step.At).Min();
        IEnumerable<TracedProcess> all = signal.Child is null ? merged : merged.Append(signal.Child);
        bool wereRemoved = all.All(child => child.Removed is Moment removed && !(removed > next));
        return merged.Select(child => new Finding(
            FindingKind.MergedSignal,
            $"the SIGCHLD of child {child.Id} merged with that of child {signal.Child?.Id}, "
                + (wereRemoved ? "and the parent removed both" : "and the parent waited for one child only"),
            parent)
        {
            IsFault = !wereRemoved,
            Child = child,
            Signal = signal,
        });
    }
}
