using System;
using System.Text;
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

    /// <summary>Connects to the service manager.</summary>
    /// <param name="name">The value of NOTIFY_SOCKET: a path, or <c>@</c> and a name in the abstract namespace.</param>
    /// <returns>The socket, which the caller owns; null without a valid name, or if connecting failed.</returns>
    public static unsafe NotifySocket? TryOpen(string? name)
    {
        Span<byte> address = stackalloc byte[sizeof(ushort) + MaxNameLength];
        if (name is null || name is not ['/' or '@', _, ..] || Encoding.UTF8.GetByteCount(name) >= MaxNameLength)
        {
            return null;
        }

        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)AF_UNIX);
        int length = sizeof(ushort) + Encoding.UTF8.GetBytes(name, address[sizeof(ushort)..]);
        if (name[0] == '@')
        {
            address[sizeof(ushort)] = 0;
        }
        else
        {
            length++;
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

    /// <summary>Sends one message of lines in the form <c>NAME=value</c>. EINTR is retried, other errors are ignored.</summary>
    public unsafe void Send(ReadOnlySpan<byte> lines)
    {
        fixed (byte* start = lines)
        {
            while (Libc.send(Descriptor.Number, start, (nuint)lines.Length, MSG_NOSIGNAL) < 0 && Errno.Last.IsInterrupted)
            {
            }
        }
    }

    /// <summary>Closes this process's descriptor.</summary>
    public void Close() => Descriptor.Close();
}
