using System;
using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// The way to a service manager that wants to be told when the service is ready; see unix(7). Whoever holds the value
/// owns the descriptor; a child has no use for its copy.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct NotifySocket(FileDescriptor Descriptor)
{
    // Out of the way: the sockets of the service keep the low numbers.
    private const int LowestNumber = 10;
    private const int LongestName = 108;

    /// <summary>Connects to it.</summary>
    /// <param name="name">A path, or behind <c>@</c> a name in the abstract namespace.</param>
    /// <returns>The connection; null where there is nobody who wants to be told.</returns>
    public static unsafe NotifySocket? TryOpen(string? name)
    {
        Span<byte> address = stackalloc byte[sizeof(ushort) + LongestName];
        if (name is null || name is not ['/' or '@', _, ..] || Encoding.UTF8.GetByteCount(name) >= LongestName)
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

        return new NotifySocket(new FileDescriptor(descriptor).MoveUp(LowestNumber));
    }

    /// <summary>Tells something, one <c>NAME=value</c> a line. Nobody can be told that it failed.</summary>
    public unsafe void Tell(ReadOnlySpan<byte> lines)
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
