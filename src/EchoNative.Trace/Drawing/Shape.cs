using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace EchoNative.Trace.Drawing;

/// <summary>SVG elements. The XML writer of the class library escapes their text.</summary>
internal static class Shape
{
    private const double MonospaceShare = 0.61; // the width of a letter, as a share of the font size
    private const double ProportionalShare = 0.56;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    public static XElement Rectangle(string cssClass, double x, double y, double width, double height, double radius = 0) =>
        New("rect", cssClass, ("x", x), ("y", y), ("width", width), ("height", height), ("rx", radius));

    public static XElement Line(string cssClass, double x1, double y1, double x2, double y2) =>
        New("line", cssClass, ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    public static XElement Circle(string cssClass, double x, double y, double radius) =>
        New("circle", cssClass, ("cx", x), ("cy", y), ("r", radius));

    public static XElement Path(string cssClass, string path)
    {
        XElement element = New("path", cssClass);
        element.SetAttributeValue("d", path);
        return element;
    }

    public static XElement Text(string cssClass, double x, double y, string text)
    {
        XElement element = New("text", cssClass, ("x", x), ("y", y));
        element.Value = Printable.Of(text);
        return element;
    }

    /// <summary>A group at a position, with a title that the browser shows under the pointer; null for no title.</summary>
    public static XElement Group(string cssClass, double x, double y, string? title, params IEnumerable<XElement> parts)
    {
        XElement group = New("g", cssClass);
        group.SetAttributeValue("transform", $"translate({Number(x)},{Number(y)})");
        group.Add(title is null ? null : Title(title), parts);
        return group;
    }

    public static XElement Title(string text) => new(s_svg + "title", Printable.Of(text));

    /// <summary>A picture as a file of its own, with its style sheet.</summary>
    public static XElement Picture(
        string title, double width, double height, string style, params IEnumerable<XElement> parts) => new(
        s_svg + "svg",
        new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
        new XAttribute("width", Number(width)),
        new XAttribute("height", Number(height)),
        new XAttribute("role", "img"),
        Title(title),
        new XElement(s_svg + "style", style),
        parts);

    /// <summary>A picture inside a page. The page has the style sheet.</summary>
    public static XElement Inline(string cssClass, double width, double height, params IEnumerable<XElement> parts) => new(
        s_svg + "svg",
        new XAttribute("class", cssClass),
        new XAttribute("width", Number(width)),
        new XAttribute("height", Number(height)),
        parts);

    public static double WidthOfMonospace(string text, double size) => text.Length * size * MonospaceShare;

    /// <summary>An estimate, and rather too large: the font of the reader is not known.</summary>
    public static double WidthOf(string text, double size) => text.Length * size * ProportionalShare;

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static XElement New(string name, string cssClass, params IEnumerable<(string Name, double Value)> attributes) => new(
        s_svg + name,
        cssClass.Length == 0 ? null : new XAttribute("class", cssClass),
        attributes.Where(attribute => attribute is not ("rx", 0))
            .Select(attribute => new XAttribute(attribute.Name, Number(attribute.Value))));
}
