using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>Sets the options of a server's sockets; see socket(7) and tcp(7).</summary>
internal static unsafe class SocketOption
{
    /// <summary>In how many parts the idle time of a write is divided.</summary>
    public const int PartsOfIdleTime = 16;

    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>Sets the options that connections need. An accepted socket inherits them from the listening one.</summary>
    /// <param name="descriptor">A listening or a connected socket.</param>
    /// <param name="idleSeconds">
    /// After how many seconds a read fails with EAGAIN; 0 for never. A write fails with EAGAIN, or returns what it has
    /// written, in a small part of this time, so that its caller knows nearly when the last byte was written.
    /// </param>
    /// <param name="subject">What an error message calls it.</param>
    /// <exception cref="PosixException">setsockopt(2) failed.</exception>
    public static void SetForService(int descriptor, int idleSeconds, string subject)
    {
        ThrowIfFailed(TrySetForService(descriptor, idleSeconds), subject);
    }

    /// <summary>Sets the timeouts that a socket of any family has.</summary>
    /// <inheritdoc cref="SetForService"/>
    public static void SetIdleTimeout(int descriptor, int idleSeconds, string subject) =>
        ThrowIfFailed(SetTimeouts(descriptor, idleSeconds), subject);

    /// <summary>The same, without an exception.</summary>
    /// <param name="descriptor">A listening or a connected socket.</param>
    /// <param name="idleSeconds">As above.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    /// <returns>The first error, or <see cref="Errno.None"/>.</returns>
    public static Errno TrySetForService(int descriptor, int idleSeconds, ParentKey key = default)
    {
        // Without Nagle's algorithm an answer is sent at once, even while the client has not acknowledged the last one.
        int on = 1;
        Errno error = Set(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int), key);

        // The kernel probes an idle peer, after two hours by default (tcp_keepalive_time). If the peer no longer exists,
        // the session ends.
        Errno second = Set(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(int), key);
        Errno third = SetTimeouts(descriptor, idleSeconds, key);
        return error.IsError ? error : second.IsError ? second : third;
    }

    /// <summary>Sets the timeouts of a socket of any kind: see <see cref="SetForService"/>.</summary>
    /// <returns>Why it failed, or <see cref="Errno.None"/>.</returns>
    public static Errno SetTimeouts(int descriptor, int idleSeconds, ParentKey key = default)
    {
        if (idleSeconds == 0)
        {
            return Errno.None;
        }

        long microseconds = idleSeconds * MicrosecondsPerSecond;
        Errno error = SetTimeout(descriptor, SO_RCVTIMEO, microseconds, key);
        return error.IsError ? error : SetTimeout(descriptor, SO_SNDTIMEO, microseconds / PartsOfIdleTime, key);
    }

    /// <summary>
    /// Sets how many hops a packet must have left when it arrives; see ip(7), IP_MINTTL, and RFC 5082. Errors are ignored.
    /// </summary>
    /// <param name="descriptor">A socket.</param>
    /// <param name="address">Its local address, or that of its peer.</param>
    /// <param name="hops">0 to 255.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public static void SetLeastHops(int descriptor, SocketAddress address, int hops, ParentKey key)
    {
        // The address :: takes clients of both families.
        if (address.IsIpv4 || address.IsIpv6Any)
        {
            _ = Set(descriptor, IPPROTO_IP, Libc.IP_MINTTL, &hops, sizeof(int), key);
        }

        if (!address.IsIpv4)
        {
            _ = Set(descriptor, IPPROTO_IPV6, Libc.IPV6_MINHOPCOUNT, &hops, sizeof(int), key);
        }
    }

    public static void Set(int descriptor, int level, int option, int value, string subject) =>
        PosixException.ThrowIfFailed(setsockopt(descriptor, level, option, &value, sizeof(int)), "setsockopt", subject);

    private static void ThrowIfFailed(Errno error, string subject)
    {
        if (error.IsError)
        {
            throw new PosixException("setsockopt", error, subject);
        }
    }

    private static Errno SetTimeout(int descriptor, int option, long microseconds, ParentKey key)
    {
        Libc.timeval timeout = new()
        {
            tv_sec = microseconds / MicrosecondsPerSecond,
            tv_usec = microseconds % MicrosecondsPerSecond,
        };
        return Set(descriptor, SOL_SOCKET, option, &timeout, sizeof(Libc.timeval), key);
    }

    private static Errno Set(int descriptor, int level, int option, void* value, int length, ParentKey key) =>
        key.CallWithoutTrace(SystemCall.Setsockopt, descriptor, level, option, (nint)value, length) < 0 ? Errno.Last : Errno.None;
}
