using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;

namespace EchoNative.Trace.Drawing;

/// <summary>SVG elements. The class library's XML writer escapes whatever text they hold.</summary>
internal static class Shape
{
    private const double MonospaceShare = 0.61; // a letter's width in its font's size
    private const double ProportionalShare = 0.56;

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    public static XElement Rectangle(string look, double x, double y, double width, double height, double radius = 0) =>
        New("rect", look, ("x", x), ("y", y), ("width", width), ("height", height), ("rx", radius));

    public static XElement Line(string look, double x1, double y1, double x2, double y2) =>
        New("line", look, ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2));

    public static XElement Circle(string look, double x, double y, double radius) =>
        New("circle", look, ("cx", x), ("cy", y), ("r", radius));

    public static XElement Path(string look, string path)
    {
        XElement element = New("path", look);
        element.SetAttributeValue("d", path);
        return element;
    }

    public static XElement Text(string look, double x, double y, string text)
    {
        XElement element = New("text", look, ("x", x), ("y", y));
        element.Value = Printable.Of(text);
        return element;
    }

    /// <summary>A group at a place, with what a pointer on it is told.</summary>
    public static XElement Group(string look, double x, double y, string? title, params IEnumerable<XElement> parts)
    {
        XElement group = New("g", look);
        group.SetAttributeValue("transform", $"translate({Number(x)},{Number(y)})");
        group.Add(title is null ? null : Title(title), parts);
        return group;
    }

    public static XElement Title(string text) => new(s_svg + "title", Printable.Of(text));

    /// <summary>A whole picture that needs nothing beside it.</summary>
    public static XElement Picture(string title, double width, double height, string style, params IEnumerable<XElement> parts) => new(
        s_svg + "svg",
        new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"),
        new XAttribute("width", Number(width)),
        new XAttribute("height", Number(height)),
        new XAttribute("role", "img"),
        Title(title),
        new XElement(s_svg + "style", style),
        parts);

    /// <summary>A picture inside a page that has the style.</summary>
    public static XElement Inline(string look, double width, double height, params IEnumerable<XElement> parts) => new(
        s_svg + "svg",
        new XAttribute("class", look),
        new XAttribute("width", Number(width)),
        new XAttribute("height", Number(height)),
        parts);

    public static double WidthOfMonospace(string text, double size) => text.Length * size * MonospaceShare;

    /// <summary>About, and rather too much: the reader's font is not known.</summary>
    public static double WidthOf(string text, double size) => text.Length * size * ProportionalShare;

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static XElement New(string name, string look, params IEnumerable<(string Name, double Value)> attributes) => new(
        s_svg + name,
        look.Length == 0 ? null : new XAttribute("class", look),
        attributes.Where(attribute => attribute is not ("rx", 0)).Select(attribute => new XAttribute(attribute.Name, Number(attribute.Value))));
}
