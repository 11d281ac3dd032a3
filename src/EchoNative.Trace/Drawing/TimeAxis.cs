using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// The horizontal position of each moment. Moments keep their order but not their distances: a server sleeps for seconds and
/// forks within microseconds. Each mark gets the room that it needs, and a long pause gets a little more than a short one.
/// </summary>
internal sealed class TimeAxis
{
    public const double BadgeRadius = 7;
    private const double Distance = 3; // between marks of one row
    private const double LeastStep = 4; // between moments
    private const double StepOfDecade = 4.5; // for each power of ten of the time, above a millisecond
    private const double ShortSeconds = 0.001;

    private static readonly Comparer<(Moment Moment, double X)> s_byLine =
        Comparer<(Moment Moment, double X)>.Create((one, other) => one.Moment.CompareTo(other.Moment));

    private readonly List<(Moment Moment, double X)> _places = [];

    public TimeAxis(History history, Lanes lanes)
    {
        double x = 0;
        Moment previous = history.Log.First;
        foreach (IGrouping<int, Item> anchor in ItemsOf(history, lanes).GroupBy(item => item.At.Line).OrderBy(group => group.Key))
        {
            Moment moment = anchor.First().At;
            double seconds = (moment.Time - previous.Time).TotalSeconds;
            x += LeastStep + (seconds > ShortSeconds ? StepOfDecade * Math.Log10(seconds / ShortSeconds) : 0);
            foreach (Item item in anchor)
            {
                x = Math.Max(x, item.Row.Right + Distance + item.Before);
            }

            foreach (Item item in anchor)
            {
                item.Row.Right = Math.Max(item.Row.Right, x + item.After);
            }

            _places.Add((moment, x));
            previous = moment;
        }

        Width = Math.Max(x, lanes.All.Max(row => row.Right)) + (2 * Distance);
    }

    /// <summary>The width of the whole picture.</summary>
    public double Width { get; }

    /// <summary>All moments at which something is drawn, from left to right.</summary>
    public IReadOnlyList<(Moment Moment, double X)> All => _places;

    /// <summary>The position of a moment. A moment at which nothing is drawn lies between its neighbours.</summary>
    public double At(Moment moment)
    {
        int index = _places.BinarySearch((moment, 0), s_byLine);
        index = index < 0 ? ~index : index;
        if (index == _places.Count)
        {
            return Width;
        }

        (Moment next, double x) = _places[index];
        if (next.Line == moment.Line || index == 0)
        {
            return index == 0 && next.Line != moment.Line ? 0 : x;
        }

        (Moment previous, double before) = _places[index - 1];
        return before + ((x - before) * (moment.Line - previous.Line) / (next.Line - previous.Line));
    }

    /// <summary>How far a mark is drawn to the right of its time, so that the badge of a bar that begins there fits.</summary>
    public static double ShiftOf(Step step) =>
        BeginsBar(step) ? BadgeRadius + 2 + (MarkLabel.WidthOf(step) / 2) : 0;

    private static bool BeginsBar(Step step) => step.Kind is StepKind.Socket or StepKind.Duplicate && step.On is not null;

    private static IEnumerable<Item> ItemsOf(History history, Lanes lanes)
    {
        foreach (Step step in history.Steps)
        {
            if (lanes.RowOf(step) is Row row)
            {
                double half = MarkLabel.WidthOf(step) / 2;
                yield return new Item(step.At, row, half - ShiftOf(step), half + ShiftOf(step));
            }
        }

        foreach (Descriptor descriptor in history.DrawnFiles.SelectMany(file => file.Descriptors))
        {
            yield return new Item(descriptor.Opened, lanes.RowOf(descriptor), BadgeRadius, BadgeRadius);
            if (descriptor.Closed is Moment closed)
            {
                yield return new Item(closed, lanes.RowOf(descriptor), 0, 0);
            }
        }

        foreach (TracedProcess process in history.Processes)
        {
            // The arrow of the fork crosses all rows from the life of the parent to that of the child.
            double from = process.Parent is null ? lanes.LifeOf(process).Middle : lanes.LifeOf(process.Parent).Middle;
            foreach (Row row in lanes.All.Where(row => row.Middle > from && row.Middle <= lanes.LifeOf(process).Middle))
            {
                yield return new Item(process.Start, row, 2, 2);
            }

            if (process.End is Moment end)
            {
                yield return new Item(end, lanes.LifeOf(process), 2, 2);
            }
        }
    }

    /// <summary>The room that a moment needs in a row, to its left and to its right.</summary>
    private sealed record Item(Moment At, Row Row, double Before, double After);
}
