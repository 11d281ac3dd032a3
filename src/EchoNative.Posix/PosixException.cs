using System;

namespace EchoNative.Posix;

/// <summary>
/// A system call failed at a time when the program can't go on, such as bind(2) at start. It is thrown
/// only before the first fork: a child never throws.
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

    /// <summary>A failed call, told in the form <c>bind() error: Address already in use (0.0.0.0:9190)</c>.</summary>
    /// <param name="call">The system call, without parentheses.</param>
    /// <param name="reason">The text of the error.</param>
    /// <param name="subject">What the call was about: an address, a stream, an option.</param>
    public PosixException(string call, string reason, string subject)
        : base($"{call}() error: {reason} ({subject})")
    {
    }

    internal PosixException(string call, Errno error, string subject)
        : this(call, error.ToString(), subject) => IsAddressInUse = error.Number == Tmds.Linux.LibC.EADDRINUSE;

    /// <summary>Whether somebody else has the address that was asked for.</summary>
    public bool IsAddressInUse { get; }
}
