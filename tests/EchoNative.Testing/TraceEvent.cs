using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Testing;

/// <summary>Something that strace saw a process do, or happen to it.</summary>
/// <param name="ProcessId">The process or thread, by the number that strace prints.</param>
/// <param name="Begin">The number of the line in which it began, from 0: the smaller number came first.</param>
/// <param name="End">The number of the line in which it ended. Events of other processes may lie between the two.</param>
/// <param name="Text">What strace printed, joined to one line.</param>
public abstract record TraceEvent(int ProcessId, int Begin, int End, string Text)
{
    /// <summary>Whether this was over before the other began.</summary>
    public bool IsBefore(TraceEvent other) => End < other.Begin;

    /// <inheritdoc/>
    public sealed override string ToString() => $"{ProcessId} {Text}";
}

/// <summary>One system call. Where strace printed it in two pieces, they are joined.</summary>
/// <param name="ProcessId">The process or thread that called.</param>
/// <param name="Begin">The number of the line in which it began.</param>
/// <param name="End">The number of the line in which it returned.</param>
/// <param name="Text">What strace printed.</param>
/// <param name="Name">Its name, such as <c>wait4</c>.</param>
/// <param name="Arguments">The text between the parentheses.</param>
/// <param name="Result">What it returned: a number, or <c>?</c> if it did not return.</param>
/// <param name="Error">The error, such as <c>EINTR</c>; empty if it did not fail.</param>
/// <param name="IsInjected">Whether strace injected the result.</param>
public sealed record SystemCall(
    int ProcessId,
    int Begin,
    int End,
    string Text,
    string Name,
    string Arguments,
    string Result,
    string Error,
    bool IsInjected)
    : TraceEvent(ProcessId, Begin, End, Text)
{
    /// <summary>Whether it returned without an error.</summary>
    public bool Succeeded => Error.Length == 0 && Result != "?";

    /// <summary>The result as a number; -1 if it is not a number.</summary>
    public int Value =>
        int.TryParse(Result, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : -1;

    /// <summary>The first argument, for most calls the descriptor.</summary>
    public string FirstArgument => Arguments.Split(',', 2)[0];

    /// <summary>Whether its first argument is this descriptor.</summary>
    public bool IsOn(int descriptor) => FirstArgument == descriptor.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it is this call on this descriptor.</summary>
    public bool Is(string name, int descriptor) => Name == name && IsOn(descriptor);
}

/// <summary>A signal that was delivered to a process.</summary>
/// <param name="ProcessId">The process or thread.</param>
/// <param name="Begin">The number of the line.</param>
/// <param name="Text">What strace printed.</param>
/// <param name="Signal">The name of the signal, such as <c>SIGCHLD</c>.</param>
public sealed record SignalDelivery(int ProcessId, int Begin, string Text, string Signal)
    : TraceEvent(ProcessId, Begin, Begin, Text);

/// <summary>The end of a process or thread.</summary>
/// <param name="ProcessId">The process or thread.</param>
/// <param name="Begin">The number of the line.</param>
/// <param name="Text">How it ended: <c>exited with 0</c>, or <c>killed by SIGKILL</c>.</param>
public sealed record ProcessEnd(int ProcessId, int Begin, string Text) : TraceEvent(ProcessId, Begin, Begin, Text);

/// <summary>One run of a signal handler, from the delivery of the signal to rt_sigreturn(2).</summary>
/// <param name="Signal">The delivery of the signal.</param>
/// <param name="Interrupted">The call that the signal interrupted; null if the process was in none.</param>
/// <param name="Events">What the process did in the handler, rt_sigreturn included.</param>
public sealed record HandlerRun(SignalDelivery Signal, SystemCall? Interrupted, IReadOnlyList<TraceEvent> Events);
