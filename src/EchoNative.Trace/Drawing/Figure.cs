using System.Collections.Generic;
using System.IO;
using System.Xml.Linq;

namespace EchoNative.Trace.Drawing;

/// <summary>What all pictures share: the style sheet, the stripes of a zombie, and the badge of a socket.</summary>
internal static class Figure
{
    private const int Colors = 7;

    /// <summary>The style sheet.</summary>
    public static string Style { get; } = Resource("figure.css");

    /// <summary>The CSS class of a socket's color. All listening sockets have the same color.</summary>
    public static string ColorOf(Model.OpenFile file) =>
        file.Kind == Model.FileKind.ListeningSocket ? "c0" : $"c{((file.Number - 1) % Colors) + 1}";

    /// <summary>The stripes of a zombie. A page needs them once, for all its pictures.</summary>
    public static XElement Stripes()
    {
        XElement line = Shape.Line("stripes", 0, 0, 0, 6);
        XNamespace svg = line.Name.Namespace;
        return new XElement(
            svg + "defs",
            new XElement(
                svg + "pattern",
                new XAttribute("id", "zombie"),
                new XAttribute("width", 6),
                new XAttribute("height", 6),
                new XAttribute("patternUnits", "userSpaceOnUse"),
                new XAttribute("patternTransform", "rotate(45)"),
                line));
    }

    /// <summary>The disc with a socket's number.</summary>
    public static IEnumerable<XElement> Badge(Model.OpenFile file, double x, double y)
    {
        yield return Shape.Circle($"badge {ColorOf(file)}", x, y, TimeAxis.BadgeRadius);
        yield return Shape.Text("badge-text", x, y + 3.5, Shape.Number(file.Number));
    }

    public static string Resource(string name)
    {
        using Stream stream = typeof(Figure).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException("the program was built without it", name);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
