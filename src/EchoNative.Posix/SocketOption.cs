using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>Options of sockets that serve; see socket(7) and tcp(7).</summary>
internal static unsafe class SocketOption
{
    /// <summary>Sets what a connected socket needs; one that is accepted has it from the socket that listens.</summary>
    /// <param name="descriptor">Either of them.</param>
    /// <param name="idleSeconds">After how long a read or a write gives up; 0 for never.</param>
    /// <param name="subject">What is said when it fails.</param>
    /// <exception cref="PosixException">setsockopt(2) failed.</exception>
    public static void SetForService(int descriptor, int idleSeconds, string subject)
    {
        // An answer leaves at once, instead of waiting until the client has acknowledged the one before (Nagle's
        // algorithm).
        Set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1, subject);

        // A peer that has vanished without a word is found out, after two hours or as the system is set
        // (tcp_keepalive_time), and its session ends.
        Set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1, subject);
        if (idleSeconds > 0)
        {
            SetTimeout(descriptor, SO_RCVTIMEO, idleSeconds, subject);
            SetTimeout(descriptor, SO_SNDTIMEO, idleSeconds, subject);
        }
    }

    public static void Set(int descriptor, int level, int option, int value, string subject) =>
        Check(setsockopt(descriptor, level, option, &value, sizeof(int)), "setsockopt", subject);

    public static void Check(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new PosixException(call, Errno.Last, subject);
        }
    }

    private static void SetTimeout(int descriptor, int option, int seconds, string subject)
    {
        Libc.timeval timeout = new() { tv_sec = seconds };
        Check(setsockopt(descriptor, SOL_SOCKET, option, &timeout, (uint)sizeof(Libc.timeval)), "setsockopt", subject);
    }
}
