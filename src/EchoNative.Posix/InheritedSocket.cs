using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A socket that the program was started with. Its type and state are read from the kernel.</summary>
internal static unsafe class InheritedSocket
{
    /// <summary>Whether it is a socket.</summary>
    public static bool IsSocket(FileDescriptor descriptor) => Get(descriptor, SO_TYPE) is not null;

    /// <summary>Whether it is a socket for a stream of bytes, such as TCP.</summary>
    public static bool IsStream(FileDescriptor descriptor) => Get(descriptor, SO_TYPE) == SOCK_STREAM;

    /// <summary>Whether it is a socket over IPv4 or IPv6.</summary>
    public static bool IsIp(FileDescriptor descriptor) =>
        Get(descriptor, SO_DOMAIN) is int family && (family == AF_INET || family == AF_INET6);

    /// <summary>Whether it is a socket over AF_UNIX; see unix(7).</summary>
    public static bool IsUnix(FileDescriptor descriptor) => Get(descriptor, SO_DOMAIN) == AF_UNIX;

    /// <summary>Whether it is a socket that listens.</summary>
    public static bool Listens(FileDescriptor descriptor) => Get(descriptor, SO_ACCEPTCONN) == 1;

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
