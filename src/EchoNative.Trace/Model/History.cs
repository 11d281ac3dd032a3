using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>The processes of a log, with their descriptors and what these lead to.</summary>
/// <param name="Log">The log.</param>
/// <param name="Processes">All processes, in the order in which they appear.</param>
/// <param name="Files">All files to which descriptors led.</param>
/// <param name="Steps">What the processes did, in the order in which it took effect.</param>
internal sealed record History(
    StraceLog Log, IReadOnlyList<TracedProcess> Processes, IReadOnlyList<OpenFile> Files, IReadOnlyList<Step> Steps)
{
    /// <summary>The seconds from the beginning of the log to a moment.</summary>
    public double SecondsAt(Moment moment) => (moment.Time - Log.First.Time).TotalSeconds;

    /// <summary>The last moment that is at most this many seconds after the beginning of the log.</summary>
    public Moment MomentAt(double seconds)
    {
        TimeSpan time = Log.First.Time + new TimeSpan((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        Moment last = Log.First;
        foreach (LogEvent one in Log.Events)
        {
            foreach (Moment moment in new[] { one.Begin, one.End })
            {
                last = moment.Time <= time && moment > last ? moment : last;
            }
        }

        return last;
    }

    /// <summary>The sockets that are drawn, ordered by their numbers.</summary>
    public IReadOnlyList<OpenFile> DrawnFiles => [.. Files.Where(file => file.Number > 0).OrderBy(file => file.Number)];

    /// <summary>All processes; each one is followed by its descendants.</summary>
    public IReadOnlyList<TracedProcess> ProcessTree =>
        [.. Processes.Where(process => process.Parent is null).SelectMany(WithDescendants)];

    private static IEnumerable<TracedProcess> WithDescendants(TracedProcess process) =>
        process.Children.SelectMany(WithDescendants).Prepend(process);
}
