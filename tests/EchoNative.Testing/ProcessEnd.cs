namespace EchoNative.Testing;

/// <summary>The end of a process or thread.</summary>
/// <param name="ProcessId">Which.</param>
/// <param name="Begin">The line of the trace.</param>
/// <param name="Text">How: <c>exited with 0</c>, or <c>killed by SIGKILL</c>.</param>
public sealed record ProcessEnd(int ProcessId, int Begin, string Text) : TraceEvent(ProcessId, Begin, Begin, Text);
