using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// The picture over time. Each process has a lane with its life and its descriptors. Each element has its position (data-x) and
/// its time (data-t), so that the script of a page can move it.
/// </summary>
internal sealed class Timeline
{
    public const double NamesWidth = 164;
    private const double AxisHeight = 22;
    private const double BarHeight = 14;
    private const double LifeThickness = 6;
    private const double TickDistance = 46;
    private const double TipLength = 7;
    private const double WarningSize = 11; // the font has 10 pixels, but bold letters are wider
    private const double WarningGap = 5;

    private readonly History _history;
    private readonly IReadOnlyList<Finding> _findings;
    private readonly Lanes _lanes;
    private readonly TimeAxis _axis;
    private readonly List<XElement> _plot = [];
    private readonly List<XElement> _names = [];

    public Timeline(History history, IReadOnlyList<Finding> findings)
    {
        _history = history;
        _findings = findings;
        _lanes = new Lanes(history, AxisHeight);
        _axis = new TimeAxis(history, _lanes);
        DrawNames();
        DrawAxis();
        foreach (TracedProcess process in history.ProcessTree)
        {
            DrawArrows(process);
        }

        foreach (TracedProcess process in history.ProcessTree)
        {
            DrawLife(process);
        }

        foreach (Descriptor descriptor in history.DrawnFiles.SelectMany(file => file.Descriptors))
        {
            DrawBar(descriptor);
        }

        foreach (Step step in history.Steps)
        {
            DrawMark(step);
        }
    }

    public double PlotWidth => _axis.Width;

    public double Height => _lanes.Bottom;

    /// <summary>The names of the rows, as wide as <see cref="NamesWidth"/>.</summary>
    public IReadOnlyList<XElement> Names => _names;

    /// <summary>The picture without the names. Its left border is 0.</summary>
    public IReadOnlyList<XElement> Plot => _plot;

    private void DrawNames()
    {
        foreach (double border in _lanes.Borders)
        {
            _names.Add(Shape.Line("rule", 0, border, NamesWidth, border));
        }

        foreach (Row row in _lanes.All)
        {
            _names.Add(row.Number is int number
                ? Shape.Text("faint small end", NamesWidth - 10, row.Middle + 4, $"descriptor {number}")
                : Shape.Text("head", 2, row.Middle + 4.5, NameOf(row.Process)));
        }
    }

    /// <summary>The name of a process: its program, or "child" where it runs the program of its parent.</summary>
    public static string NameOf(TracedProcess process)
    {
        const int Longest = 18; // letters that fit beside the lane
        int longest = Longest - Shape.Number(process.Id).Length;
        string program = process.Program.Length > longest ? process.Program[..(longest - 1)] + "…" : process.Program;
        return process.Parent is TracedProcess parent && (parent.Program == process.Program || program.Length == 0)
            ? $"child {process.Id}"
            : $"{(program.Length == 0 ? "process" : program)} {process.Id}";
    }

    private void DrawAxis()
    {
        foreach (double border in _lanes.Borders)
        {
            XElement rule = Shape.Line("rule", 0, border, PlotWidth, border);
            _plot.Add(Spanning(rule, 0, PlotWidth, _history.Log.First, _history.Log.Last));
        }

        double free = double.NegativeInfinity;
        string last = "";
        foreach ((Moment moment, double x) in _axis.All)
        {
            string text = _history.SecondsAt(moment).ToString("0.000", CultureInfo.InvariantCulture);
            bool fits = text != last && x - (TickDistance / 2) >= Math.Max(free, 0) && x + (TickDistance / 2) < PlotWidth;
            string off = fits ? "" : " off";
            XElement grid = Shape.Line("grid", 0, AxisHeight - 5, 0, Height);
            XElement tick = Shape.Text("tick", 0, AxisHeight - 9, text);
            _plot.Add(At(Shape.Group($"time{off}", x, 0, null, grid, tick), x, moment));
            (free, last) = fits ? (x + (TickDistance / 2) + 2, text) : (free, last);
        }
    }

    private void DrawArrows(TracedProcess process)
    {
        double own = _lanes.LifeOf(process).Middle;
        if (process.Parent is TracedProcess parent)
        {
            double x = _axis.At(process.Start);
            double from = _lanes.LifeOf(parent).Middle;
            double tip = own - (LifeThickness / 2);
            _plot.Add(Spanning(Shape.Line("arrow", x, from, x, tip - 2), x, x, process.Start, process.Start));
            _plot.Add(At(Shape.Group("", x, tip, null, Shape.Path("tip", $"M0 0l-4 -{TipLength}h8z")), x, process.Start));
        }

        Step? signal = _history.Steps.FirstOrDefault(step => step.Kind == StepKind.Signal && step.Child == process);
        if (signal is not null && process.End is Moment end)
        {
            double x1 = _axis.At(end);
            double x2 = _axis.At(signal.At);
            _plot.Add(Spanning(Shape.Line("death", x1, own, x2, _lanes.LifeOf(signal.Process).Middle), x1, x2, end, signal.At));
        }
    }

    private void DrawLife(TracedProcess process)
    {
        double middle = _lanes.LifeOf(process).Middle;
        Moment end = process.End ?? _history.Log.Last;
        _ = AddSpan("life", process.Start, process.End, middle, LifeThickness, null);
        foreach (Sleep sleep in process.Sleeps.Where(sleep => sleep.Begin < end))
        {
            Moment? wakeUp = sleep.End.Line > sleep.Begin.Line ? sleep.End : NextOf(sleep);
            _ = AddSpan("sleep", sleep.Begin, wakeUp, middle, LifeThickness - 2, sleep.Call.Text);
        }

        if (process.End is Moment death && process.Parent is not null && !(process.EndOfZombie <= death))
        {
            Finding? finding = _findings.FirstOrDefault(one =>
                one.Kind == FindingKind.UnremovedZombie && one.Child == process);
            DrawZombie(process, death, middle, finding);
        }
    }

    // A call in one line lasts until the next line of its process.
    private Moment? NextOf(Sleep sleep) => _history.Log.Events
        .Where(one => one.Task == sleep.Call.Task && one.Begin > sleep.Begin)
        .Select(one => (Moment?)one.Begin)
        .FirstOrDefault();

    private void DrawZombie(TracedProcess process, Moment death, double middle, Finding? finding)
    {
        string cssClass = finding is null ? "zombie" : "zombie bad mark";
        string title = finding?.Text ?? $"{process.Id} is a zombie";
        XElement stripes = AddSpan(cssClass, death, process.EndOfZombie, middle, BarHeight, title);
        if (finding is not null)
        {
            stripes.SetAttributeValue("id", IdOf(finding));
            double x = _axis.At(death);
            double room = (process.EndOfZombie is Moment gone ? _axis.At(gone) : PlotWidth) - x;
            const string Words = "zombie, never removed";
            if (room > (2 * WarningGap) + Shape.WidthOf(Words, WarningSize))
            {
                _plot.Add(At(Shape.Group("", x, middle, null, Shape.Text("warning", WarningGap, 3.5, Words)), x, death));
            }
        }
    }

    private void DrawBar(Descriptor descriptor)
    {
        Row row = _lanes.RowOf(descriptor);
        Finding? finding = _findings.FirstOrDefault(one => one.Descriptor == descriptor);
        string color = Figure.ColorOf(descriptor.File);
        string cssClass = finding is null ? $"bar {color}" : $"bar {color} bad mark";
        string title = Describe(descriptor, finding);
        XElement bar = AddSpan(cssClass, descriptor.Opened, descriptor.Closed, row.Middle, BarHeight, title);
        bar.SetAttributeValue("rx", 3);
        bar.SetAttributeValue("data-file", descriptor.File.Number);
        double x = _axis.At(descriptor.Opened);
        if (finding is not null)
        {
            bar.SetAttributeValue("id", IdOf(finding));
            double room = (descriptor.Closed is Moment closed ? _axis.At(closed) : PlotWidth) - x;
            const string Words = "never used";
            if (room > TimeAxis.BadgeRadius + (2 * WarningGap) + Shape.WidthOf(Words, WarningSize))
            {
                XElement warning = Shape.Text("warning", TimeAxis.BadgeRadius + WarningGap, 3.5, Words);
                _plot.Add(At(Shape.Group("", x, row.Middle, null, warning), x, descriptor.Opened));
            }
        }

        // A line from the mark of accept, in the row of the listening socket, to the bar that begins there.
        Step? accept = _history.Steps.FirstOrDefault(step =>
            step.Kind == StepKind.Accept && step.At == descriptor.Opened && step.Process == descriptor.Owner);
        if (accept?.On is Descriptor { File.Number: > 0 } listening && descriptor.Origin == DescriptorOrigin.Made)
        {
            XElement line = Shape.Line($"join {color}", x, _lanes.RowOf(listening).Middle, x, row.Middle);
            _plot.Add(Spanning(line, x, x, descriptor.Opened, descriptor.Opened));
        }

        _plot.Add(At(Shape.Group("", x, row.Middle, null, Figure.Badge(descriptor.File, 0, 0)), x, descriptor.Opened));
    }

    private string Describe(Descriptor descriptor, Finding? finding)
    {
        string which = $"process {descriptor.Owner.Id}, descriptor {descriptor.Number}";
        string file = $"socket {descriptor.File.Number} ({descriptor.File.Description})";
        string end = descriptor.Closed is Moment closed
            ? $"to {Seconds(closed)} s{(descriptor.WasLast ? ", the last one" : "")}"
            : "to the end of the log";
        string text = $"{which} to {file}, from {Seconds(descriptor.Opened)} s {end}";
        string how = descriptor.ClosedBy is LogEvent by ? $"\n{by.Text}" : "";
        return finding is null ? text + how : $"{finding.Text}\n{text}{how}";
    }

    private string Seconds(Moment moment) => _history.SecondsAt(moment).ToString("0.000000", CultureInfo.InvariantCulture);

    private void DrawMark(Step step)
    {
        if (_lanes.RowOf(step) is not Row row)
        {
            return;
        }

        double x = _axis.At(step.At);
        Finding? finding = _findings.FirstOrDefault(one => one.Signal == step);
        string cssClass = $"mark {step.Kind.ToString().ToLower(CultureInfo.InvariantCulture)}"
            + (step.On is null ? "" : $" {Figure.ColorOf(step.On.File)}")
            + (step.Kind == StepKind.Close && step.On?.WasLast == true ? " last" : "")
            + (finding?.IsFault == true ? " bad" : "");
        double shift = TimeAxis.ShiftOf(step);
        XElement mark = At(Shape.Group(cssClass, x, row.Middle, step.Source.Text, Form(step, shift)), x, step.At);
        mark.SetAttributeValue("id", finding is null ? $"line{step.At.Line}" : IdOf(finding));
        mark.SetAttributeValue("aria-label", Printable.Of(MarkLabel.Describe(step, _history)));
        mark.SetAttributeValue("data-file", step.On?.File.Number);
        mark.SetAttributeValue("data-row", Shape.Number(row.Middle));
        _plot.Add(mark);
    }

    /// <summary>The id of the element that shows a finding.</summary>
    public string IdOf(Finding finding) => finding.Signal is Step signal
        ? $"finding{_findings.ToList().FindIndex(one => one.Signal == signal)}"
        : $"finding{_findings.ToList().IndexOf(finding)}";

    private static IEnumerable<XElement> Form(Step step, double shift)
    {
        double width = MarkLabel.WidthOf(step);
        switch (MarkLabel.FormOf(step))
        {
            case MarkForm.Dot:
                yield return Shape.Circle("dot", shift, 0, 3);
                break;

            case MarkForm.Cross:
                yield return Shape.Circle("disc", shift, 0, width / 2);
                yield return Shape.Path("cross", "M-2.5 -2.5l5 5m0 -5l-5 5");
                break;

            default:
                yield return Shape.Rectangle("frame", shift - (width / 2), -7.5, width, 15, 4);
                yield return Shape.Text("word", shift, 3.3, MarkLabel.WordOf(step));
                break;
        }
    }

    private XElement AddSpan(string cssClass, Moment from, Moment? to, double middle, double thickness, string? title)
    {
        double x = _axis.At(from);
        double end = to is Moment moment ? _axis.At(moment) : PlotWidth;
        XElement element = Shape.Rectangle(cssClass, x, middle - (thickness / 2), Math.Max(end - x, 0.5), thickness);
        if (title is not null)
        {
            element.Add(Shape.Title(title));
        }

        _plot.Add(Spanning(element, x, end, from, to ?? _history.Log.Last));
        return element;
    }

    private XElement At(XElement element, double x, Moment moment)
    {
        element.SetAttributeValue("data-x", Shape.Number(x));
        element.SetAttributeValue("data-t", _history.SecondsAt(moment).ToString("0.######", CultureInfo.InvariantCulture));
        return element;
    }

    private XElement Spanning(XElement element, double x1, double x2, Moment from, Moment to)
    {
        _ = At(element, x1, from);
        element.SetAttributeValue("data-x2", Shape.Number(x2));
        element.SetAttributeValue("data-t2", _history.SecondsAt(to).ToString("0.######", CultureInfo.InvariantCulture));
        return element;
    }
}
