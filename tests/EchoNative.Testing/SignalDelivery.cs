namespace EchoNative.Testing;

/// <summary>A signal that reached a process.</summary>
/// <param name="ProcessId">Whom it reached.</param>
/// <param name="Begin">The line of the trace.</param>
/// <param name="Text">What strace printed.</param>
/// <param name="Signal">Its name, such as <c>SIGCHLD</c>.</param>
public sealed record SignalDelivery(int ProcessId, int Begin, string Text, string Signal)
    : TraceEvent(ProcessId, Begin, Begin, Text);
