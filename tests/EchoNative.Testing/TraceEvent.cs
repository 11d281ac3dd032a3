namespace EchoNative.Testing;

/// <summary>Something that strace saw a process do, or happen to it.</summary>
/// <param name="ProcessId">The process, or thread, as strace counts them.</param>
/// <param name="Begin">The line of the trace in which it began: of two, the lower was first.</param>
/// <param name="End">The line in which it ended: another process may have done something in between.</param>
/// <param name="Text">What strace printed, in one piece.</param>
public abstract record TraceEvent(int ProcessId, int Begin, int End, string Text)
{
    /// <summary>Whether this was over before the other began.</summary>
    public bool IsBefore(TraceEvent other) => End < other.Begin;

    /// <inheritdoc/>
    public sealed override string ToString() => $"{ProcessId} {Text}";
}
