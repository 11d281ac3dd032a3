using System;
using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Trace.Log;

/// <summary>One system call, with its arguments as strace prints them.</summary>
/// <param name="Task">The process or thread that made it.</param>
/// <param name="Begin">The call.</param>
/// <param name="End">The return; for a call that never returned, its beginning.</param>
/// <param name="Text">As strace printed it, in one line or two.</param>
/// <param name="Name">The call.</param>
/// <param name="Arguments">Each as it is printed.</param>
/// <param name="Result">What it returned.</param>
internal sealed record SystemCall(
    int Task, Moment Begin, Moment End, string Text, string Name, IReadOnlyList<string> Arguments, CallResult Result)
    : LogEvent(Task, Begin, End, Text)
{
    public bool Succeeded => Result.Value >= 0;

    /// <summary>What it returned as a number of the size of a descriptor or a process id; -1 where it is none.</summary>
    public int Value => Result.Value is >= 0 and <= int.MaxValue ? (int)Result.Value.Value : -1;

    /// <summary>An argument, or nothing where there are fewer.</summary>
    public string Argument(int index) => index < Arguments.Count ? Arguments[index] : "";

    /// <summary>An argument that is a descriptor: its number and, with <c>strace -y</c>, what it leads to.</summary>
    public DescriptorName? DescriptorAt(int index) => StraceGrammar.ParseDescriptor(Argument(index));

    /// <summary>An argument that is a number; -1 where it is none.</summary>
    public int NumberAt(int index) =>
        int.TryParse(Argument(index), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : -1;

    public bool Mentions(string word) => Text.Contains(word, StringComparison.Ordinal);
}
