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
        // Without Nagle's algorithm an answer is sent at once, even while the client has not acknowledged the last one.
        Set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1, subject);

        // The kernel probes an idle peer, after two hours by default (tcp_keepalive_time). If the peer no longer exists,
        // the session ends.
        Set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1, subject);
        if (idleSeconds > 0)
        {
            long microseconds = idleSeconds * MicrosecondsPerSecond;
            SetTimeout(descriptor, SO_RCVTIMEO, microseconds, subject);
            SetTimeout(descriptor, SO_SNDTIMEO, microseconds / PartsOfIdleTime, subject);
        }
    }

    public static void Set(int descriptor, int level, int option, int value, string subject) =>
        PosixException.ThrowIfFailed(setsockopt(descriptor, level, option, &value, sizeof(int)), "setsockopt", subject);

    private static void SetTimeout(int descriptor, int option, long microseconds, string subject)
    {
        Libc.timeval timeout = new()
        {
            tv_sec = microseconds / MicrosecondsPerSecond,
            tv_usec = microseconds % MicrosecondsPerSecond,
        };
        int result = setsockopt(descriptor, SOL_SOCKET, option, &timeout, (uint)sizeof(Libc.timeval));
        PosixException.ThrowIfFailed(result, "setsockopt", subject);
    }
}
