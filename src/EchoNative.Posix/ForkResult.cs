namespace EchoNative.Posix;

/// <summary>What fork(2) returned.</summary>
/// <param name="ProcessId">In the parent the child's process id, in the child 0, and -1 where it failed.</param>
/// <param name="Error">Why it failed: EAGAIN (too many processes) or ENOMEM.</param>
/// <param name="OwnId">In the child its own process id, otherwise 0.</param>
public readonly record struct ForkResult(int ProcessId, Errno Error, int OwnId = 0)
{
    /// <summary>Whether no child was made.</summary>
    public bool Failed => Error.IsError;

    /// <summary>Whether this is the child speaking.</summary>
    public bool IsChild => ProcessId == 0;
}
