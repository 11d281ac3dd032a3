using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>
/// Children that ended and for which their parent never waited, although it could: it got SIGCHLD, or went to sleep after
/// the end. A parent that is itself about to end need not wait.
/// </summary>
internal static class UnremovedZombies
{
    public static IEnumerable<Finding> In(History history) =>
        from parent in history.Processes
        from child in parent.Children
        where child.End is not null && child.Removed is null && !child.IsRemovedAtOnce && CouldWait(history, parent, child)
        select new Finding(FindingKind.UnremovedZombie, Describe(child, parent), parent) { Child = child };

    private static bool CouldWait(History history, TracedProcess parent, TracedProcess child) =>
        parent.Sleeps.Any(sleep => sleep.Begin > child.End)
        || history.Steps.Any(step =>
            step.Process == parent && step is { Kind: StepKind.Signal, Detail: "SIGCHLD" } && step.At > child.End);

    private static string Describe(TracedProcess child, TracedProcess parent) => parent.End is null
        ? $"child {child.Id} is never removed: its parent {parent.Id} has not waited for it when the log ends"
        : $"child {child.Id} is never removed: a zombie until its parent {parent.Id} ends";
}
