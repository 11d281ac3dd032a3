using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>
/// The picture of one moment, as a textbook draws it: a box for each process with its descriptor table, a box for each socket
/// of the kernel, and an arrow from each descriptor to its socket.
/// </summary>
internal sealed class StillPicture
{
    private const double Margin = 20;
    private const double Top = 76;
    private const double BoxWidth = 270;
    private const double TitleHeight = 26;
    private const double RowHeight = 20;
    private const double NumberWidth = 34;
    private const double KernelLeft = 500;
    private const double KernelWidth = 300;
    private const double KernelHeight = 46;
    private const double Gap = 18;
    private const double TipLength = 8;

    private readonly History _history;
    private readonly Moment _moment;
    private readonly List<XElement> _boxes = [];
    private readonly List<XElement> _links = [];
    private readonly List<(Descriptor Descriptor, double Y)> _sources = [];
    private double _y = Top;

    private StillPicture(History history, Moment moment)
    {
        _history = history;
        _moment = moment;
    }

    /// <param name="history">The whole log.</param>
    /// <param name="seconds">The moment, in seconds from the beginning of the log.</param>
    public static string Draw(History history, double seconds)
    {
        StillPicture picture = new(history, history.MomentAt(seconds));
        foreach (TracedProcess process in history.ProcessTree)
        {
            picture.DrawProcess(process);
        }

        double bottom = Math.Max(picture._y, picture.DrawSockets());
        return picture.Finish(seconds, bottom);
    }

    private string Finish(double seconds, double bottom)
    {
        double width = KernelLeft + KernelWidth + Margin;
        double height = bottom + Margin - Gap;
        string title = string.Create(
            CultureInfo.InvariantCulture, $"{TimelinePicture.TitleOf(_history)} after {seconds:0.######} s");
        return Shape.Picture(
            title,
            width,
            height,
            Figure.Style,
            [
                Figure.Stripes(),
                Shape.Rectangle("page", 0.5, 0.5, width - 1, height - 1, 8),
                Shape.Text("title", Margin, 32, title),
                Shape.Text("faint", Margin, 60, "processes, with their descriptors"),
                Shape.Text("faint", KernelLeft, 60, "sockets, in the kernel"),
                .. _boxes,
                .. _links,
            ]) + "\n";
    }

    private void DrawProcess(TracedProcess process)
    {
        if (process.IsZombieAt(_moment) && process.Parent is not null)
        {
            _boxes.Add(Shape.Rectangle("box dead", Margin, _y, BoxWidth, TitleHeight, 5));
            _boxes.Add(Shape.Rectangle("page", Margin + 5, _y + 4, BoxWidth - 10, TitleHeight - 8, 3));
            _boxes.Add(Shape.Text("head", Margin + 10, _y + 17.5, $"{Timeline.NameOf(process)}: zombie, {process.EndText}"));
            _y += TitleHeight + Gap;
        }
        else if (process.IsAliveAt(_moment))
        {
            List<Descriptor> open = [.. process.Descriptors.Where(one => one.IsOpenAt(_moment)).OrderBy(one => one.Number)];
            _boxes.Add(Shape.Rectangle("box", Margin, _y, BoxWidth, TitleHeight + (open.Count * RowHeight), 5));
            _boxes.Add(Shape.Text("head", Margin + 10, _y + 17.5, Timeline.NameOf(process)));
            _y += TitleHeight;
            foreach (Descriptor descriptor in open)
            {
                DrawDescriptor(descriptor);
                _y += RowHeight;
            }

            _y += Gap;
        }
    }

    private void DrawDescriptor(Descriptor descriptor)
    {
        double middle = _y + (RowHeight / 2);
        _boxes.Add(Shape.Line("rule", Margin, _y, Margin + BoxWidth, _y));
        _boxes.Add(Shape.Text("head middle", Margin + (NumberWidth / 2), middle + 4.5, Shape.Number(descriptor.Number)));
        _boxes.Add(Shape.Line("rule", Margin + NumberWidth, _y, Margin + NumberWidth, _y + RowHeight));
        const int Letters = 34;
        string text = descriptor.File.Description;
        text = descriptor.File.IsDrawn ? text.Split(' ')[0] + " socket" : text;
        text = descriptor.File is { IsDrawn: true, Kind: FileKind.PairSocket or FileKind.Socket } ? "socket" : text;
        _boxes.Add(Shape.Text(
            descriptor.File.IsDrawn ? "" : "faint",
            Margin + NumberWidth + 8,
            middle + 4,
            text.Length > Letters ? text[..(Letters - 1)] + "…" : text));
        if (descriptor.File.IsDrawn)
        {
            _sources.Add((descriptor, middle));
        }
    }

    // Each socket stands as near as possible to the descriptors that lead to it, so that few arrows cross.
    private double DrawSockets()
    {
        double y = Top;
        foreach (IGrouping<OpenFile, (Descriptor Descriptor, double Y)> group in _sources
            .GroupBy(source => source.Descriptor.File)
            .OrderBy(group => group.Average(source => source.Y)))
        {
            double wanted = group.Average(source => source.Y) - (KernelHeight / 2);
            y = Math.Max(y, Math.Min(wanted, Math.Max(y, _y - Gap - KernelHeight)));
            DrawSocket(group.Key, y, [.. group.Select(source => source.Y).Order()]);
            y += KernelHeight + Gap;
        }

        return y;
    }

    private void DrawSocket(OpenFile file, double y, IReadOnlyList<double> sources)
    {
        string color = Figure.ColorOf(file);
        _boxes.Add(Shape.Rectangle($"box kernel {color}", KernelLeft, y, KernelWidth, KernelHeight, 8));
        _boxes.AddRange(Figure.Badge(file, KernelLeft + 16, y + 15));
        _boxes.Add(Shape.Text("head", KernelLeft + 30, y + 19.5, file.Description));
        string count = sources.Count == 1 ? "one descriptor leads here" : $"{sources.Count} descriptors lead here";
        _boxes.Add(Shape.Text("faint small", KernelLeft + 30, y + 36, count));
        for (int index = 0; index < sources.Count; index++)
        {
            double end = y + (KernelHeight * (index + 1) / (sources.Count + 1));
            double start = Margin + BoxWidth;
            double bend = (KernelLeft - start) / 2;
            string from = string.Create(CultureInfo.InvariantCulture, $"M{start:0.#} {sources[index]:0.#}");
            string bends = string.Create(
                CultureInfo.InvariantCulture, $"C{start + bend:0.#} {sources[index]:0.#} {KernelLeft - bend:0.#} {end:0.#}");
            string to = string.Create(CultureInfo.InvariantCulture, $" {KernelLeft - TipLength:0.#} {end:0.#}");
            _links.Add(Shape.Path($"link {color}", from + bends + to));
            _links.Add(Shape.Group("", KernelLeft, end, null, Shape.Path($"link-tip {color}", $"M0 0l-{TipLength + 1} -4v8z")));
        }
    }
}
