using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A socket that the program was started with. Its type and state are read from the kernel.</summary>
internal static unsafe class InheritedSocket
{
    /// <summary>Whether it is a TCP socket over IPv4 or IPv6 that listens, or one that does not.</summary>
    public static bool IsTcp(FileDescriptor descriptor, bool listening) =>
        Get(descriptor, SO_TYPE) == SOCK_STREAM
        && Get(descriptor, SO_DOMAIN) is int family && (family == AF_INET || family == AF_INET6)
        && Get(descriptor, SO_ACCEPTCONN) == (listening ? 1 : 0);

    /// <summary>
    /// Sets or clears O_NONBLOCK; see fcntl(2). The flag belongs to the socket: all processes that have a descriptor for
    /// it see the change.
    /// </summary>
    /// <exception cref="PosixException">fcntl(2) failed.</exception>
    public static void SetNonBlocking(FileDescriptor descriptor, bool on, string subject)
    {
        int flags = Libc.fcntl(descriptor.Number, Libc.F_GETFL, 0);
        PosixException.ThrowIfFailed(flags, "fcntl", subject);
        int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        PosixException.ThrowIfFailed(Libc.fcntl(descriptor.Number, Libc.F_SETFL, wanted), "fcntl", subject);
    }

    private static int? Get(FileDescriptor descriptor, int option)
    {
        int value;
        Tmds.Linux.socklen_t length = sizeof(int);
        return getsockopt(descriptor.Number, SOL_SOCKET, option, &value, &length) == 0 ? value : null;
    }
}
