using System.Globalization;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Drawing;

/// <summary>What stands on a mark.</summary>
internal static class MarkLabel
{
    public const double LetterSize = 9.5;
    private const double Padding = 4;
    private const double DotWidth = 7;
    private const double CrossWidth = 11;

    public static MarkForm FormOf(Step step) => step.Kind switch
    {
        StepKind.Close => MarkForm.Cross,
        StepKind.Speak => MarkForm.Dot,
        _ => step.IsVain ? MarkForm.Dot : MarkForm.Word,
    };

    /// <summary>The word; for the other forms it is read out only.</summary>
    public static string WordOf(Step step) => step.Kind switch
    {
        StepKind.Read when step.IsVain => "read: nothing",
        StepKind.Read when step.Detail == "0" => "end of file",
        StepKind.Read => $"read {step.Detail}",
        StepKind.Write => $"write {step.Detail}",
        StepKind.Accept when step.IsVain => "accept: nobody",
        StepKind.Accept => "accept",
        StepKind.Shutdown => $"shutdown {step.Detail}",
        StepKind.Duplicate => $"dup of {step.Detail}",
        StepKind.Close => step.On?.WasLast == true ? "last close" : "close",
        StepKind.Exit => $"exit {step.Detail}",
        StepKind.Wait when step.IsVain => "wait: nobody",
        StepKind.Wait => "wait",
        StepKind.Signal => step.Detail,
        StepKind.Speak => "log",
        StepKind.Fork when step.IsVain => $"fork: {step.Detail}",
        _ => step.Kind.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    public static double WidthOf(Step step) => FormOf(step) switch
    {
        MarkForm.Dot => DotWidth,
        MarkForm.Cross => CrossWidth,
        _ => Shape.WidthOfMonospace(WordOf(step), LetterSize) + (2 * Padding),
    };

    /// <summary>What is said of it to who can't see it.</summary>
    public static string Describe(Step step, History history) => string.Create(
        CultureInfo.InvariantCulture,
        $"{WordOf(step)}, process {step.Process.Id}{On(step)}, {history.SecondsAt(step.At):0.000000} s");

    private static string On(Step step) => step.On is null ? "" : $", descriptor {step.On.Number} to {step.On.File.Description}";
}
