namespace EchoNative.Posix;

/// <summary>What a read or a write came to.</summary>
/// <param name="Count">
/// The bytes moved. A read that moved none and has no error met the end of file; a write that has an
/// error may still have moved some before it.
/// </param>
/// <param name="Error">Why the call stopped early, or <see cref="Errno.None"/>.</param>
public readonly record struct IoResult(int Count, Errno Error)
{
    /// <summary>Whether the call failed.</summary>
    public bool Failed => Error.IsError;

    /// <summary>For a read: whether the other side has ended, so that nothing will ever follow.</summary>
    public bool IsEndOfFile => Count == 0 && !Failed;
}
