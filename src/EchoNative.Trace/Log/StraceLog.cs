using System;
using System.Collections.Generic;

namespace EchoNative.Trace.Log;

/// <summary>What <see cref="LogReader"/> reads from the text of strace.</summary>
/// <param name="Lines">How many lines the text has.</param>
/// <param name="First">The first line that has a time.</param>
/// <param name="Last">The last line that has a time.</param>
/// <param name="Events">What happened, in the order in which it began.</param>
/// <param name="Unknown">The lines that could not be read.</param>
internal sealed record StraceLog(
    int Lines, Moment First, Moment Last, IReadOnlyList<LogEvent> Events, IReadOnlyList<UnknownLine> Unknown);

/// <summary>A line of the log and its time. Moments are ordered by line, because a clock may be set back.</summary>
/// <param name="Line">The number of the line; the first line has 1.</param>
/// <param name="Time">The time since the epoch, as <c>strace -ttt</c> prints it.</param>
internal readonly record struct Moment(int Line, TimeSpan Time) : IComparable<Moment>
{
    public int CompareTo(Moment other) => Line.CompareTo(other.Line);

    public static bool operator <(Moment left, Moment right) => left.CompareTo(right) < 0;

    public static bool operator >(Moment left, Moment right) => left.CompareTo(right) > 0;

    public static bool operator <=(Moment left, Moment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Moment left, Moment right) => left.CompareTo(right) >= 0;
}

/// <summary>One event of the log.</summary>
/// <param name="Task">The number of the process or thread.</param>
/// <param name="Begin">Where it begins.</param>
/// <param name="End">Where it ends. strace may print a call in two lines; this is then the second one.</param>
/// <param name="Text">The line, or the two lines, of strace.</param>
internal abstract record LogEvent(int Task, Moment Begin, Moment End, string Text);

/// <summary>One system call, with its arguments as strace prints them.</summary>
/// <param name="Task">The process or thread that made it.</param>
/// <param name="Begin">Where the call begins.</param>
/// <param name="End">Where it returns; equal to <paramref name="Begin"/> for a call that never returns.</param>
/// <param name="Text">The line, or the two lines, of strace.</param>
/// <param name="Name">The name of the call.</param>
/// <param name="Arguments">Each argument as it is printed.</param>
/// <param name="Result">What it returned.</param>
internal sealed record SystemCall(
    int Task, Moment Begin, Moment End, string Text, string Name, IReadOnlyList<string> Arguments, CallResult Result)
    : LogEvent(Task, Begin, End, Text)
{
    public bool Succeeded => Result.Value >= 0;

    /// <summary>The returned value where it can be a descriptor, a process id or a count of bytes; otherwise -1.</summary>
    public int Value => Result.Value is >= 0 and <= int.MaxValue ? (int)Result.Value.Value : -1;

    /// <summary>An argument, or an empty string where the call has fewer.</summary>
    public string Argument(int index) => index < Arguments.Count ? Arguments[index] : "";

    /// <summary>An argument that is a descriptor; null where it is something else.</summary>
    public DescriptorName? DescriptorAt(int index) => StraceGrammar.ParseDescriptor(Argument(index));

    public bool Mentions(string word) => Text.Contains(word, StringComparison.Ordinal);
}

/// <summary>What a call returned.</summary>
/// <param name="Value">The number; null for <c>?</c>, which strace prints for a call that did not return.</param>
/// <param name="Annotation">For a returned descriptor, the file that <c>strace -y</c> prints; empty without <c>-y</c>.</param>
/// <param name="Error">The name of the error; empty where there is none.</param>
/// <param name="Seconds">The duration that <c>strace -T</c> prints; null without <c>-T</c>.</param>
internal sealed record CallResult(long? Value, string Annotation, string Error, double? Seconds);

/// <summary>A descriptor as strace prints it.</summary>
/// <param name="Number">The number.</param>
/// <param name="Annotation">The file that <c>strace -y</c> prints; empty without <c>-y</c>.</param>
internal sealed record DescriptorName(int Number, string Annotation);

/// <summary>The delivery of a signal to a task.</summary>
/// <param name="Task">The process or thread that gets the signal.</param>
/// <param name="At">When.</param>
/// <param name="Text">The line of strace.</param>
/// <param name="Name">The signal, such as <c>SIGCHLD</c>.</param>
/// <param name="Sender">The process that the signal names (<c>si_pid</c>); 0 where strace prints none.</param>
internal sealed record SignalArrival(int Task, Moment At, string Text, string Name, int Sender) : LogEvent(Task, At, At, Text);

/// <summary>The end of a process or thread.</summary>
/// <param name="Task">The process or thread.</param>
/// <param name="At">When.</param>
/// <param name="Text">The line of strace.</param>
/// <param name="How"><c>exited with 0</c>, <c>killed by SIGKILL</c>, or <c>superseded by execve in pid 7</c>.</param>
internal sealed record TaskEnd(int Task, Moment At, string Text, string How) : LogEvent(Task, At, At, Text)
{
    public bool IsBySignal => How.StartsWith("killed by ", StringComparison.Ordinal);

    /// <summary>Whether another thread called execve. That thread then has the number of the process.</summary>
    public bool IsByExec => How.StartsWith("superseded ", StringComparison.Ordinal);
}

/// <summary>A line that could not be read.</summary>
/// <param name="Number">The number of the line; the first line has 1.</param>
/// <param name="Text">The line.</param>
internal sealed record UnknownLine(int Number, string Text);
