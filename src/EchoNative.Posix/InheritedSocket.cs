using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A socket that was made by who started this program: what it is has to be asked.</summary>
internal static unsafe class InheritedSocket
{
    /// <summary>Whether it is one of TCP, in either family, that listens or does not.</summary>
    public static bool IsTcp(FileDescriptor descriptor, bool listening) =>
        Get(descriptor, SO_TYPE) == SOCK_STREAM
        && Get(descriptor, SO_DOMAIN) is int family && (family == AF_INET || family == AF_INET6)
        && Get(descriptor, SO_ACCEPTCONN) == (listening ? 1 : 0);

    /// <summary>
    /// Sets or clears O_NONBLOCK; see fcntl(2). The flag belongs to the socket itself: whoever else has a descriptor to
    /// it sees the change.
    /// </summary>
    public static void SetNonBlocking(FileDescriptor descriptor, bool on, string subject)
    {
        int flags = Libc.fcntl(descriptor.Number, Libc.F_GETFL, 0);
        SocketOption.Check(flags, "fcntl", subject);
        int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        SocketOption.Check(Libc.fcntl(descriptor.Number, Libc.F_SETFL, wanted), "fcntl", subject);
    }

    private static int? Get(FileDescriptor descriptor, int option)
    {
        int value;
        Tmds.Linux.socklen_t length = sizeof(int);
        return getsockopt(descriptor.Number, SOL_SOCKET, option, &value, &length) == 0 ? value : null;
    }
}
