using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// A socket that takes connections; see listen(2). Whoever holds the value owns the descriptor. After a
/// fork the child holds a copy, and the port stays taken until both are closed.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct ListeningSocket(FileDescriptor Descriptor)
{
    /// <summary>The longest queue that the system allows: listen(2) cuts any number down to that.</summary>
    public const int MaximumBacklog = int.MaxValue;

    /// <summary>The address with the port that the system chose where port 0 was asked for.</summary>
    /// <exception cref="PosixException">getsockname(2) failed.</exception>
    public unsafe SocketAddress GetLocalAddress()
    {
        SocketAddress address = default;
        socklen_t length = (uint)sizeof(SocketAddress);
        SocketOption.Check(getsockname(Descriptor.Number, (sockaddr*)&address, &length), "getsockname", "listening socket");
        return address;
    }

    /// <summary>Makes a socket on which clients can connect to <paramref name="address"/> from now on.</summary>
    /// <param name="address">The address to bind to; <c>::</c> takes clients of both families.</param>
    /// <param name="backlog">How many connections may wait to be accepted.</param>
    /// <param name="idleSeconds">After how long a read or a write on a connected socket gives up; 0 for never.</param>
    /// <param name="ipv6Only">Whether <c>::</c> takes clients of its own family only.</param>
    /// <exception cref="PosixException">socket, setsockopt, bind or listen failed; see their man pages.</exception>
    public static ListeningSocket Open(SocketAddress address, int backlog, int idleSeconds = 0, bool ipv6Only = false)
    {
        string subject = address.ToString();
        int descriptor = socket(address.Family, SOCK_STREAM | SOCK_NONBLOCK, 0);
        SocketOption.Check(descriptor, "socket", subject);
        ListeningSocket listening = new(new FileDescriptor(descriptor));
        try
        {
            Prepare(descriptor, address, idleSeconds, ipv6Only);
            SocketOption.Check(listen(descriptor, backlog), "listen", subject);
            return listening;
        }
        catch (PosixException)
        {
            listening.Close();
            throw;
        }
    }

    /// <summary>
    /// Takes over a socket that listens already, and makes it non-blocking. That changes the socket itself, for
    /// whoever else has it: a client may be taken by another process between the wait and the accept, which
    /// would then sleep.
    /// </summary>
    /// <param name="descriptor">The descriptor, which the value owns from now on.</param>
    /// <param name="subject">What it is called in a message.</param>
    /// <param name="backlog">How many connections may wait to be accepted; null to leave it as it is.</param>
    /// <param name="idleSeconds">After how long a read or a write on a connected socket gives up; 0 for never.</param>
    /// <exception cref="PosixException">It is no TCP socket that listens, or can't be set.</exception>
    public static ListeningSocket Adopt(FileDescriptor descriptor, string subject, int? backlog, int idleSeconds)
    {
        if (!InheritedSocket.IsTcp(descriptor, listening: true))
        {
            throw new PosixException($"{subject} is not a TCP socket that listens");
        }

        InheritedSocket.SetNonBlocking(descriptor, on: true, subject);
        SocketOption.SetForService(descriptor.Number, idleSeconds, subject);
        if (backlog is int wanted)
        {
            SocketOption.Check(listen(descriptor.Number, wanted), "listen", subject);
        }

        return new ListeningSocket(descriptor);
    }

    /// <summary>
    /// Takes the next connection, if one is waiting; see accept(2). The connected socket does not inherit
    /// O_NONBLOCK on Linux: reading from it waits.
    /// </summary>
    public unsafe AcceptResult Accept()
    {
        SocketAddress peer = default;
        int descriptor;
        do
        {
            uint length = (uint)sizeof(SocketAddress);
            descriptor = Libc.accept(Descriptor.Number, (sockaddr*)&peer, &length);
        }
        while (descriptor < 0 && Errno.Last.IsInterrupted);

        if (descriptor >= 0)
        {
            return new AcceptResult(AcceptOutcome.Accepted, new ConnectedSocket(new FileDescriptor(descriptor)), peer, Errno.None);
        }

        Errno error = Errno.Last;
        return new AcceptResult(Classify(error), default, default, error);
    }

    /// <summary>Closes this process's descriptor. The port is free when the last process has done so.</summary>
    public void Close() => Descriptor.Close();

    private static void Prepare(int descriptor, SocketAddress address, int idleSeconds, bool ipv6Only)
    {
        string subject = address.ToString();

        // A child of an earlier server may still hold connections on this port: that must not keep a new
        // server from binding it.
        SocketOption.Set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1, subject);

        // Accepted sockets inherit this.
        SocketOption.SetForService(descriptor, idleSeconds, subject);
        if (address.IsIpv6)
        {
            SocketOption.Set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, (address.IsIpv6Any && !ipv6Only) || address.IsIpv4Mapped ? 0 : 1, subject);
        }

        SocketOption.Check(Bind(descriptor, address), "bind", subject);
    }

    private static AcceptOutcome Classify(Errno error)
    {
        if (error.IsWouldBlock)
        {
            return AcceptOutcome.NoneWaiting;
        }

        // The network errors are those that accept(2) lists under "Error handling".
        int number = error.Number;
        bool lost = number == ECONNABORTED || number == EPERM || number == EPROTO || number == ETIMEDOUT
            || number == ENETDOWN || number == ENOPROTOOPT || number == EHOSTDOWN || number == ENONET
            || number == EHOSTUNREACH || number == EOPNOTSUPP || number == ENETUNREACH;
        return lost ? AcceptOutcome.ConnectionLost : AcceptOutcome.Unavailable;
    }

    private static unsafe int Bind(int descriptor, SocketAddress address) =>
        bind(descriptor, (sockaddr*)&address, address.Length);
}
