using System;
using System.Globalization;
using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>Why a system call failed: a number of errno(3), or 0 for no error.</summary>
/// <param name="Number">The number on this system.</param>
public readonly record struct Errno(int Number)
{
    /// <summary>No error.</summary>
    public static Errno None => default;

    /// <summary>EAGAIN, by which a session ends that was idle for too long.</summary>
    public static Errno WouldBlock => new(EAGAIN);

    /// <summary>ECONNREFUSED: nobody listens at the address.</summary>
    public static Errno ConnectionRefused => new(ECONNREFUSED);

    /// <summary>Whether this is an error.</summary>
    public bool IsError => Number != 0;

    /// <summary>
    /// The description of strerror(3), in ASCII. It is a constant of the C library, so a forked child can use it without
    /// allocating.
    /// </summary>
    public unsafe ReadOnlySpan<byte> Description
    {
        get
        {
            byte* text = Libc.strerrordesc_np(Number);
            return text is null ? "Unknown error"u8 : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        }
    }

    /// <summary>The symbolic name, such as <c>ECONNRESET</c>, or the number if it has no name.</summary>
    public unsafe string Name
    {
        get
        {
            byte* text = Libc.strerrorname_np(Number);
            return text is null
                ? Number.ToString(CultureInfo.InvariantCulture)
                : Marshal.PtrToStringUTF8((nint)text)!;
        }
    }

    /// <summary>Whether the other side of the connection has closed or reset it: EPIPE or ECONNRESET.</summary>
    public bool IsDisconnected => Number == EPIPE || Number == ECONNRESET;

    /// <summary>
    /// Whether the error says that the connection is broken. A socket reports it once: the next call may see an end of file.
    /// </summary>
    public bool IsOfConnection =>
        IsDisconnected || Number == ETIMEDOUT || Number == ECONNABORTED || Number == ENOTCONN || Number == ECONNREFUSED
        || Number == EHOSTUNREACH || Number == EHOSTDOWN || Number == ENETUNREACH || Number == ENETDOWN
        || Number == ENETRESET || Number == EPROTO;

    /// <summary>
    /// EAGAIN: a non-blocking call would have to wait, or a blocking one waited for the socket's timeout; see socket(7),
    /// SO_RCVTIMEO.
    /// </summary>
    public bool IsWouldBlock => Number == EAGAIN;

    /// <summary>The description as a string.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Description);

    /// <summary>The error of the last call into the C library on this thread.</summary>
    internal static Errno Last => new(Marshal.GetLastSystemError());

    internal bool IsInterrupted => Number == EINTR;

    /// <summary>Whether the same call may succeed later: EINTR or EAGAIN.</summary>
    internal bool IsTemporary => IsInterrupted || IsWouldBlock;

}
