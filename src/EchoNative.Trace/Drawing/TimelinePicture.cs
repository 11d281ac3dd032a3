using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>The picture over time as a file of its own, with a title, a key to the signs, and the findings.</summary>
internal sealed class TimelinePicture
{
    private const double Margin = 20;
    private const double HeadHeight = 62;
    private const double LineHeight = 19;
    private const double LetterSize = 12;
    private const double LeastWidth = 820;

    private readonly List<XElement> _parts = [];
    private readonly double _width;
    private double _y;

    private TimelinePicture(double width) => _width = width;

    public static string Draw(History history, IReadOnlyList<Finding> findings)
    {
        Timeline timeline = new(history, findings);
        TimelinePicture picture = new(System.Math.Max(LeastWidth, timeline.PlotWidth + Timeline.NamesWidth + (2 * Margin)));
        string title = $"Processes and descriptors of {TitleOf(history)}";
        picture._parts.Add(Shape.Text("title", Margin, 32, title));
        const string Subtitle =
            "From left to right in the order of events; the times are seconds since the start, and not to scale.";
        picture._parts.Add(Shape.Text("faint", Margin, 52, Subtitle));
        picture._parts.Add(Shape.Group("", Margin, HeadHeight, null, timeline.Names));
        picture._parts.Add(Shape.Group("", Margin + Timeline.NamesWidth, HeadHeight, null, timeline.Plot));
        picture._y = HeadHeight + timeline.Height + 24;
        picture.DrawSockets(history);
        picture.DrawSigns();
        picture.DrawFindings(history, findings);
        double height = picture._y - 2;
        return Shape.Picture(
            title,
            picture._width,
            height,
            Figure.Style,
            [Figure.Stripes(), Shape.Rectangle("page", 0.5, 0.5, picture._width - 1, height - 1, 8), .. picture._parts]) + "\n";
    }

    /// <summary>The name of the first program in the log.</summary>
    public static string TitleOf(History history) =>
        history.Processes.Select(process => process.Program).FirstOrDefault(program => program.Length > 0) ?? "a process";

    private void DrawSockets(History history)
    {
        double x = Margin;
        foreach (OpenFile file in history.DrawnFiles)
        {
            double width = Shape.WidthOf(file.Description, LetterSize) + (2 * TimeAxis.BadgeRadius) + 18;
            x = MakeRoom(x, width);
            _parts.AddRange(Figure.Badge(file, x + TimeAxis.BadgeRadius, _y - 4));
            _parts.Add(Shape.Text("", x + (2 * TimeAxis.BadgeRadius) + 5, _y, file.Description));
            x += width;
        }

        _y += LineHeight + 3;
    }

    private void DrawSigns()
    {
        double x = Margin;
        Add(28, "runs", Shape.Rectangle("life", 0, -7, 22, 6));
        Add(28, "sleeps in a call", Shape.Rectangle("life", 0, -7, 22, 6), Shape.Rectangle("sleep", 0, -6, 22, 4));
        Add(28, "zombie: ended, not yet waited for", Shape.Rectangle("zombie", 0, -11, 22, 13));
        Add(18, "close", Close("c7"));
        Add(18, "last close: the socket is gone", Close("c7 last"));
        Add(14, "a line of the log, or a call in vain", Shape.Circle("dot", 4, -4, 3));
        _y += LineHeight + 6;

        static XElement Close(string cssClass) => Shape.Group(
            cssClass, 5.5, -4, null, Shape.Circle("disc", 0, 0, 5.5), Shape.Path("cross", "M-2.5 -2.5l5 5m0 -5l-5 5"));

        void Add(double sign, string text, params XElement[] parts)
        {
            double width = sign + Shape.WidthOf(text, LetterSize) + 14;
            x = MakeRoom(x, width);
            _parts.Add(Shape.Group("", x, _y, null, [.. parts, Shape.Text("faint", sign, 0, text)]));
            x += width;
        }
    }

    private void DrawFindings(History history, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            DrawLine(finding.IsFault ? "fault" : "", (finding.IsFault ? "! " : "") + finding.Text);
        }

        if (findings.All(finding => !finding.IsFault))
        {
            DrawLine("", Diagnosis.Summary(findings));
        }

        if (history.Log.Unknown.Count > 0)
        {
            DrawLine("faint", $"{history.Log.Unknown.Count} of {history.Log.Lines} lines of the log were not understood");
        }
    }

    private void DrawLine(string cssClass, string text)
    {
        int letters = (int)((_width - (2 * Margin)) / Shape.WidthOf("m", LetterSize));
        string rest = text;
        while (rest.Length > 0)
        {
            int cut = rest.Length <= letters ? rest.Length
                : rest.LastIndexOf(' ', letters) is > 0 and int space ? space
                : letters;
            _parts.Add(Shape.Text(cssClass, Margin, _y, rest[..cut]));
            rest = rest[cut..].TrimStart();
            _y += LineHeight;
        }
    }

    private double MakeRoom(double x, double width)
    {
        if (x == Margin || x + width <= _width - Margin)
        {
            return x;
        }

        _y += LineHeight;
        return Margin;
    }
}
