using System;

namespace EchoNative.Managed;

/// <summary>
/// A call has failed, and the program can't continue without it, such as bind at the start. The message is for the user, in the
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

    /// <summary>Builds the message from its parts.</summary>
    /// <param name="call">The function's name in POSIX.</param>
    /// <param name="cause">Why it failed.</param>
    /// <param name="subject">What the call was about: an address, a stream, a file.</param>
    public FailedCallException(string call, Exception cause, string subject)
        : base($"{call}() error: {Reason.Of(cause)} ({subject})", cause)
    {
    }
}
