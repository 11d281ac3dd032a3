namespace EchoNative.Trace.Log;

/// <summary>The end of a process or thread.</summary>
/// <param name="Task">Which.</param>
/// <param name="At">When.</param>
/// <param name="Text">As strace printed it.</param>
/// <param name="How">In words: <c>exited with 0</c>, <c>killed by SIGKILL</c>, <c>superseded by execve in pid 7</c>.</param>
internal sealed record TaskEnd(int Task, Moment At, string Text, string How) : LogEvent(Task, At, At, Text)
{
    public bool IsBySignal => How.StartsWith("killed by ", System.StringComparison.Ordinal);

    /// <summary>Another thread of the process has called execve, and goes on under the number of the process.</summary>
    public bool IsByExec => How.StartsWith("superseded ", System.StringComparison.Ordinal);
}
