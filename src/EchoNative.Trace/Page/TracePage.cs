using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Xml.Linq;
using EchoNative.Trace.Drawing;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Model;
using Fluid;

namespace EchoNative.Trace.Page;

/// <summary>
/// The picture over time as one HTML file. The template escapes all values except the markup that this program itself has
/// written. The content security policy allows the script and the style of the page by their hashes, and nothing else.
/// </summary>
internal static class TracePage
{
    public static string Write(History history, IReadOnlyList<Finding> findings)
    {
        Timeline timeline = new(history, findings);
        string style = Figure.Style + Figure.Resource("page.css");
        string script = Figure.Resource("page.js");
        TemplateContext context = new(new TemplateOptions());
        _ = context.SetValue("title", Printable.Of($"Processes and descriptors of {TimelinePicture.TitleOf(history)}"));
        _ = context.SetValue("overview", Overview.Of(history));
        _ = context.SetValue("summary", Diagnosis.Summary(findings));
        _ = context.SetValue("style", style);
        _ = context.SetValue("script", script);
        _ = context.SetValue("styleHash", HashOf(style));
        _ = context.SetValue("scriptHash", HashOf(script));
        XElement names = Shape.Inline("names", Timeline.NamesWidth, timeline.Height, timeline.Names);
        XElement plot = Shape.Inline("plot", timeline.PlotWidth, timeline.Height, [Figure.Stripes(), .. timeline.Plot]);
        _ = context.SetValue("names", Markup(names));
        _ = context.SetValue("plot", Markup(plot));
        _ = context.SetValue("findings", findings.Select(finding => new Dictionary<string, object>
        {
            ["text"] = Printable.Of(finding.Text),
            ["fault"] = finding.IsFault,
            ["target"] = timeline.IdOf(finding),
        }).ToList());
        _ = context.SetValue("sockets", history.DrawnFiles.Select(file => new Dictionary<string, object>
        {
            ["number"] = file.Number,
            ["color"] = Figure.ColorOf(file),
            ["text"] = Printable.Of(file.Description),
        }).ToList());
        _ = context.SetValue("unknown", history.Log.Unknown.Select(line => new Dictionary<string, object>
        {
            ["number"] = line.Number,
            ["text"] = Printable.Of(line.Text),
        }).ToList());
        return Template().Render(context, HtmlEncoder.Default);
    }

    private static IFluidTemplate Template() =>
        new FluidParser().TryParse(Figure.Resource("page.liquid"), out IFluidTemplate template, out string error)
            ? template
            : throw new InvalidOperationException(error);

    private static string Markup(XElement element) => element.ToString(SaveOptions.DisableFormatting);

    // The form in which a content security policy names a script or a style.
    private static string HashOf(string text) =>
        "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
