using System;

namespace EchoNative.Managed;

/// <summary>
/// A call failed at a time when the program can't go on, such as bind at start. The message is for the user, in the
/// form <c>bind() error: Address already in use (0.0.0.0:9190)</c>.
/// </summary>
internal sealed class FailedCallException : Exception
{
    public FailedCallException()
    {
    }

    public FailedCallException(string message)
        : base(message)
    {
    }

    public FailedCallException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="call">What was called, as POSIX names it.</param>
    /// <param name="cause">How it failed.</param>
    /// <param name="subject">What the call was about: an address, a stream, a file.</param>
    public FailedCallException(string call, Exception cause, string subject)
        : base($"{call}() error: {Reason.Of(cause)} ({subject})", cause)
    {
    }
}
