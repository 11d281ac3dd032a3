using System;

namespace EchoNative.Posix;

/// <summary>
/// A system call failed and the program can't continue, as after bind(2) at start. The parent throws it; a forked child
/// never throws.
/// </summary>
public sealed class PosixException : Exception
{
    /// <summary>An exception with no message.</summary>
    public PosixException()
    {
    }

    /// <summary>An exception with the given message.</summary>
    public PosixException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with the given message and cause.</summary>
    public PosixException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A failed call, with a message such as <c>bind() error: Address already in use (0.0.0.0:9190)</c>.</summary>
    /// <param name="call">The system call, without parentheses.</param>
    /// <param name="reason">The text of the error.</param>
    /// <param name="subject">What the call was made for: an address, a stream, an option.</param>
    public PosixException(string call, string reason, string subject)
        : base($"{call}() error: {reason} ({subject})")
    {
    }

    internal PosixException(string call, Errno error, string subject)
        : this(call, error.ToString(), subject) => IsAddressInUse = error.Number == Tmds.Linux.LibC.EADDRINUSE;

    /// <summary>Whether the error is EADDRINUSE: another socket has the address.</summary>
    public bool IsAddressInUse { get; }

    /// <summary>Throws the error of the last call if its result is negative.</summary>
    /// <inheritdoc cref="PosixException(string, string, string)"/>
    internal static void ThrowIfFailed(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new PosixException(call, Errno.Last, subject);
        }
    }
}
