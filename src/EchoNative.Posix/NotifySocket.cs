using System;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// A datagram socket to the service manager, which waits for the message that the service is ready; see sd_notify(3) and
/// unix(7). The holder of the value owns the descriptor. A child closes its copy.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct NotifySocket(FileDescriptor Descriptor)
{
    // A high number, so that the sockets of the service have the same low numbers with and without a service manager.
    private const int LowestNumber = 10;
    private const int MaxNameLength = 108; // sun_path of struct sockaddr_un

    /// <summary>Whether the environment variable NOTIFY_SOCKET is set.</summary>
    public static bool IsConfigured => !Name.IsEmpty;

    // The bytes, since a path need not be UTF-8.
    private static unsafe ReadOnlySpan<byte> Name
    {
        get
        {
            fixed (byte* variable = "NOTIFY_SOCKET\0"u8)
            {
                // It is empty for a null pointer, too.
                return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Libc.getenv(variable));
            }
        }
    }

    /// <summary>Connects to the service manager that the environment variable NOTIFY_SOCKET names.</summary>
    /// <returns>The socket, which the caller owns; null without a valid name, or if connecting failed.</returns>
    public static NotifySocket? TryOpen() => TryOpen(Name);

    /// <summary>Connects to a service manager.</summary>
    /// <param name="name">A path, or <c>@</c> and a name in the abstract namespace.</param>
    /// <returns>The socket, which the caller owns; null without a valid name, or if connecting failed.</returns>
    internal static unsafe NotifySocket? TryOpen(ReadOnlySpan<byte> name)
    {
        // A path ends in a NUL. An abstract name begins with one, in place of the "@".
        bool isPath = name is [(byte)'/', _, ..];
        int nameLength = isPath ? name.Length + 1 : name.Length;
        if ((!isPath && name is not [(byte)'@', _, ..]) || nameLength > MaxNameLength)
        {
            return null;
        }

        Span<byte> address = stackalloc byte[sizeof(ushort) + MaxNameLength];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)AF_UNIX);
        name.CopyTo(address[sizeof(ushort)..]);
        int length = sizeof(ushort) + nameLength;
        if (!isPath)
        {
            address[sizeof(ushort)] = 0;
        }

        int descriptor = LibC.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return null;
        }

        fixed (byte* start = address)
        {
            if (connect(descriptor, (sockaddr*)start, (uint)length) != 0)
            {
                _ = Libc.close(descriptor);
                return null;
            }
        }

        return new NotifySocket(new FileDescriptor(descriptor).MoveToAtLeast(LowestNumber));
    }

    /// <summary>
    /// Sends one message of lines in the form <c>NAME=value</c>, and does not wait for room. EINTR is retried, other errors are
    /// ignored.
    /// </summary>
    /// <returns>False if the service manager's queue is full: the message can be sent later.</returns>
    public unsafe bool TrySend(ReadOnlySpan<byte> lines)
    {
        fixed (byte* start = lines)
        {
            nint sent;
            do
            {
                sent = Libc.send(Descriptor.Number, start, (nuint)lines.Length, MSG_NOSIGNAL | MSG_DONTWAIT);
            }
            while (sent < 0 && Errno.Last.IsInterrupted);
            return sent >= 0 || !(Errno.Last.IsWouldBlock || Errno.Last.Number == ENOBUFS);
        }
    }

    /// <summary>Closes this process's descriptor.</summary>
    public void Close() => Descriptor.Close();
}
