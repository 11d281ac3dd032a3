using System.Globalization;

namespace EchoNative.Testing;

/// <summary>One system call, joined from its pieces where strace had to print it in two.</summary>
/// <param name="ProcessId">Who called.</param>
/// <param name="Begin">The line in which it began.</param>
/// <param name="End">The line in which it returned.</param>
/// <param name="Text">What strace printed.</param>
/// <param name="Name">Its name, such as <c>wait4</c>.</param>
/// <param name="Arguments">What stands between the parentheses.</param>
/// <param name="Result">What it returned: a number, or <c>?</c> where it did not return.</param>
/// <param name="Error">Why it failed, such as <c>EINTR</c>; empty where it did not.</param>
/// <param name="IsInjected">Whether strace made the result up.</param>
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

    /// <summary>The result as a number, -1 where it is none.</summary>
    public int Value => int.TryParse(Result, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : -1;

    /// <summary>The first argument, which for most calls is the descriptor.</summary>
    public string First => Arguments.Split(',', 2)[0];

    /// <summary>Whether its first argument is this descriptor.</summary>
    public bool IsOn(int descriptor) => First == descriptor.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it is this call on this descriptor.</summary>
    public bool Is(string name, int descriptor) => Name == name && IsOn(descriptor);
}
