using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace EchoNative.Benchmark;

/// <summary>
/// Draws the ratios: a dot for the median, a bar and a line for the spread, and a band where the target is met. The
/// colours follow the light or dark scheme of the reader.
/// </summary>
internal sealed class SvgPlot
{
    private const double Width = 920;
    private const double Margin = 28;
    private const double AgainstLeft = 296;
    private const double PlotLeft = 424;
    private const double PlotWidth = 364;
    private const double ValueRight = 836;
    private const double RowHeight = 22;
    private const double HeadHeight = 96;
    private const double PanelHead = 46;
    private const double PanelFoot = 30;
    private const double Baseline = 4; // from the middle of a row down to the baseline of its text
    private const double BandHeight = 14;

    private const string Style = """
        text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
        .page { fill: #ffffff; stroke: #d8dee4; }
        .title { font-size: 19px; font-weight: 600; }
        .panel { font-size: 14px; font-weight: 600; }
        .faint, .tick { fill: #656d76; font-size: 12px; }
        .tick { text-anchor: middle; font-size: 11px; }
        .value { text-anchor: end; font-weight: 600; }
        .grid { stroke: #eaeef2; }
        .one { stroke: #8c959f; }
        .rule { stroke: #eaeef2; }
        .band { fill: #1a7f37; opacity: 0.13; }
        .goal { stroke: #1a7f37; stroke-width: 2; }
        .met { fill: #1a7f37; stroke: #1a7f37; }
        .short { fill: #bc4c00; stroke: #bc4c00; }
        .plain { fill: #57606a; stroke: #57606a; }
        .spread { stroke-width: 1.2; opacity: 0.6; }
        .half { stroke-width: 5; opacity: 0.45; stroke-linecap: round; }
        text.met, text.short, text.plain { stroke: none; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; }
          .page { fill: #0d1117; stroke: #30363d; }
          .faint, .tick { fill: #9198a1; }
          .grid, .rule { stroke: #21262d; }
          .one { stroke: #6e7681; }
          .band { fill: #3fb950; opacity: 0.17; }
          .goal { stroke: #3fb950; }
          .met { fill: #3fb950; stroke: #3fb950; }
          .short { fill: #f0883e; stroke: #f0883e; }
          .plain { fill: #9198a1; stroke: #9198a1; }
        }
        """;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private readonly List<XElement> _elements = [];
    private double _y = HeadHeight;

    private SvgPlot()
    {
    }

    public static string Draw(Report report)
    {
        SvgPlot plot = new();
        plot.DrawHead(report);
        plot.DrawPanel("More is better", [.. report.Rows.Where(row => row.IsValid && row.Target.MoreIsBetter)]);
        plot.DrawPanel("Less is better", [.. report.Rows.Where(row => row.IsValid && !row.Target.MoreIsBetter)]);
        return plot.Finish();
    }

    private string Finish()
    {
        double height = _y + (Margin / 2);
        XElement page = Shape("rect", "page", ("x", 0.5), ("y", 0.5), ("width", Width - 1), ("height", height - 1), ("rx", 8));
        XElement root = new(
            s_svg + "svg",
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {height:0.#}")),
            new XAttribute("width", Width),
            new XAttribute("role", "img"),
            new XElement(s_svg + "title", "EchoNative beside others: ratios with their targets"),
            new XElement(s_svg + "style", Style),
            page,
            _elements);
        return root + "\n";
    }

    private void DrawHead(Report report)
    {
        Text("title", Margin, 40, "EchoNative beside others");
        Text("faint", Margin, 62, report.Machine.ToString());
        const string Explanation =
            "Ours divided by the other's: a dot for the median of the rounds, a bar for the middle half, a line for all.";
        Text("faint", Margin, 82, Explanation);

        const double Legend = 640;
        const double LegendLine = 36;
        Add("rect", "band", ("x", Legend), ("y", LegendLine - (BandHeight / 2)), ("width", 34), ("height", BandHeight));
        Line("goal", Legend, LegendLine - (BandHeight / 2), Legend, LegendLine + (BandHeight / 2));
        Text("faint", Legend + 42, LegendLine + Baseline, "target met");
        Add("circle", "met", ("cx", Legend + 130), ("cy", LegendLine), ("r", 4.5));
        Text("faint", Legend + 140, LegendLine + Baseline, "met");
        Add("circle", "short", ("cx", Legend + 185), ("cy", LegendLine), ("r", 4.5));
        Text("faint", Legend + 195, LegendLine + Baseline, "short");
    }

    private void DrawPanel(string title, IReadOnlyList<Row> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        LogAxis axis = new(rows.SelectMany(RatiosOf), PlotLeft, PlotWidth);
        double top = _y + PanelHead;
        double bottom = top + (rows.Count * RowHeight);
        Text("panel", Margin, _y + 30, title);
        foreach (double tick in axis.Ticks)
        {
            Line(tick == 1 ? "one" : "grid", axis.At(tick), top - 2, axis.At(tick), bottom + 2);
            Text("tick", axis.At(tick), bottom + 16, LogAxis.Label(tick));
        }

        string previous = "";
        _y = top;
        foreach (Row row in rows)
        {
            DrawRow(axis, row, isFirst: row.What != previous);
            previous = row.What;
            _y += RowHeight;
        }

        _y += PanelFoot;
    }

    private void DrawRow(LogAxis axis, Row row, bool isFirst)
    {
        double middle = _y + (RowHeight / 2);
        string look = !row.Target.IsSet ? "plain" : row.IsMet ? "met" : "short";
        if (isFirst)
        {
            Line("rule", Margin, _y, Width - Margin, _y);
            Text(null, Margin, middle + Baseline, row.What);
        }

        Text("faint", AgainstLeft, middle + Baseline, row.Against);
        if (row.Target.IsSet)
        {
            double target = axis.At(row.TargetRatio);
            (double left, double right) = row.Target.MoreIsBetter ? (target, axis.Right) : (axis.Left, target);
            double bandTop = middle - (BandHeight / 2);
            Add("rect", "band", ("x", left), ("y", bandTop), ("width", right - left), ("height", BandHeight));
            Line("goal", target, bandTop, target, bandTop + BandHeight);
        }

        Line(look + " spread", axis.At(row.LowestRatio), middle, axis.At(row.HighestRatio), middle);
        Line(look + " half", axis.At(row.LowerQuartile), middle, axis.At(row.UpperQuartile), middle);
        Add("circle", look, ("cx", axis.At(row.Ratio)), ("cy", middle), ("r", 4.5));
        Text("value " + look, ValueRight, middle + Baseline, Row.ShowRatio(row.Ratio));
        if (row.Target.IsSet)
        {
            Text("faint", ValueRight + 10, middle + Baseline, row.IsMet ? "met" : "short");
        }
    }

    // The axis ignores the extremes, so that one outlier does not squeeze all other rows: its line ends with the axis.
    private static IEnumerable<double> RatiosOf(Row row) => row.Target.IsSet
        ? [row.LowerQuartile, row.UpperQuartile, row.TargetRatio]
        : [row.LowerQuartile, row.UpperQuartile];

    private void Text(string? look, double x, double y, string text)
    {
        XElement element = Shape("text", look, ("x", x), ("y", y));
        element.Value = text;
        _elements.Add(element);
    }

    private void Line(string look, double x1, double y1, double x2, double y2) =>
        Add("line", look, ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    private void Add(string name, string look, params IEnumerable<(string Name, double Value)> attributes) =>
        _elements.Add(Shape(name, look, attributes));

    private static XElement Shape(string name, string? look, params IEnumerable<(string Name, double Value)> attributes) => new(
        s_svg + name,
        look is null ? null : new XAttribute("class", look),
        attributes.Select(attribute =>
            new XAttribute(attribute.Name, attribute.Value.ToString("0.##", CultureInfo.InvariantCulture))));
}
