using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>What the log tells, put together: who lived when, and had which descriptors to what.</summary>
/// <param name="Log">The log.</param>
/// <param name="Processes">In the order in which they appear.</param>
/// <param name="Files">All that descriptors led to.</param>
/// <param name="Steps">What was done, in the order of effects.</param>
internal sealed record History(
    StraceLog Log, IReadOnlyList<TracedProcess> Processes, IReadOnlyList<OpenFile> Files, IReadOnlyList<Step> Steps)
{
    /// <summary>Seconds from the beginning of the log.</summary>
    public double SecondsAt(Moment moment) => (moment.Time - Log.First.Time).TotalSeconds;

    /// <summary>The last moment whose time is not after so many seconds from the beginning.</summary>
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

    /// <summary>The sockets that are drawn, by their numbers.</summary>
    public IReadOnlyList<OpenFile> DrawnFiles => [.. Files.Where(file => file.Number > 0).OrderBy(file => file.Number)];

    /// <summary>Parents first, each followed by all that come from it.</summary>
    public IReadOnlyList<TracedProcess> ProcessTree =>
        [.. Processes.Where(process => process.Parent is null).SelectMany(WithDescendants)];

    private static IEnumerable<TracedProcess> WithDescendants(TracedProcess process) =>
        process.Children.SelectMany(WithDescendants).Prepend(process);
}
