using System.Globalization;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>The text of a mark.</summary>
internal static class MarkLabel
{
    public const double LetterSize = 9.5;
    private const double Padding = 4;
    private const double DotWidth = 7;
    private const double CrossWidth = 11;

    public static MarkForm FormOf(Step step) => step.Kind switch
    {
        StepKind.Close => MarkForm.Cross,
        StepKind.LogWrite => MarkForm.Dot,
        _ => step.Failed ? MarkForm.Dot : MarkForm.Word,
    };

    /// <summary>The word on the mark. For a dot or a cross, only a screen reader says it.</summary>
    public static string WordOf(Step step) => step.Kind switch
    {
        StepKind.Read when step.Failed => "read: nothing",
        StepKind.Read when step.Detail == "0" => "end of file",
        StepKind.Read => $"read {step.Detail}",
        StepKind.Write => $"write {step.Detail}",
        StepKind.Accept when step.Failed => "accept: nobody",
        StepKind.Accept => "accept",
        StepKind.Shutdown => $"shutdown {step.Detail}",
        StepKind.Duplicate => $"dup of {step.Detail}",
        StepKind.Close => step.On?.WasLast == true ? "last close" : "close",
        StepKind.Exit => $"exit {step.Detail}",
        StepKind.Wait when step.Failed => "wait: nobody",
        StepKind.Wait => "wait",
        StepKind.Signal => step.Detail,
        StepKind.LogWrite => "log",
        StepKind.Fork when step.Failed => $"fork: {step.Detail}",
        _ => step.Kind.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    public static double WidthOf(Step step) => FormOf(step) switch
    {
        MarkForm.Dot => DotWidth,
        MarkForm.Cross => CrossWidth,
        _ => Shape.WidthOfMonospace(WordOf(step), LetterSize) + (2 * Padding),
    };

    /// <summary>What a screen reader says.</summary>
    public static string Describe(Step step, History history) => string.Create(
        CultureInfo.InvariantCulture,
        $"{WordOf(step)}, process {step.Process.Id}{On(step)}, {history.SecondsAt(step.At):0.000000} s");

    private static string On(Step step) => step.On is null ? "" : $", descriptor {step.On.Number} to {step.On.File.Description}";
}

/// <summary>How a step is drawn.</summary>
internal enum MarkForm
{
    /// <summary>A word in a frame.</summary>
    Word,

    /// <summary>A dot, for a call that failed and for a line of the server's log.</summary>
    Dot,

    /// <summary>The cross at the end of a bar.</summary>
    Cross,
}
