using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>The outcome of accept(2), as far as the caller acts differently on it.</summary>
public enum AcceptOutcome
{
    /// <summary>There is a connection.</summary>
    Accepted,

    /// <summary>No client is waiting.</summary>
    NoneWaiting,

    /// <summary>
    /// A client was waiting, and its connection has failed: it was reset, or accept(2) returned a network error of the
    /// new connection. The next client may be fine.
    /// </summary>
    ConnectionLost,

    /// <summary>
    /// The process or the system is out of descriptors or memory, or the call failed for another reason that does not
    /// depend on one client. The clients stay in the queue.
    /// </summary>
    Unavailable,

    /// <summary>
    /// The socket listens no more: another process that has it has called shutdown(2), or an administrator has ended it.
    /// </summary>
    Dead,
}

/// <summary>The result of <see cref="ListeningSocket.Accept"/>.</summary>
/// <param name="Outcome">Whether there is a connection, and if not, what kind of failure it is.</param>
/// <param name="Socket">The connected socket, which the caller owns, if there is a connection.</param>
/// <param name="Peer">The client's address, if there is a connection.</param>
/// <param name="Error">The error of accept(2), if there is no connection.</param>
public readonly record struct AcceptResult(AcceptOutcome Outcome, ConnectedSocket Socket, SocketAddress Peer, Errno Error);

/// <summary>
/// A socket that takes connections; see listen(2). The holder of the value owns the descriptor and closes it once. After
/// a fork the child has a copy, and the port stays taken until both are closed.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct ListeningSocket(FileDescriptor Descriptor)
{
    /// <summary>The longest queue that the system allows: listen(2) lowers any number to that.</summary>
    public const int MaximumBacklog = int.MaxValue;

    /// <summary>The local address. If port 0 was asked for, it has the port that the system chose.</summary>
    /// <exception cref="PosixException">getsockname(2) failed.</exception>
    public unsafe SocketAddress GetLocalAddress()
    {
        SocketAddress address = default;
        socklen_t length = (uint)sizeof(SocketAddress);
        int result = getsockname(Descriptor.Number, (sockaddr*)&address, &length);
        PosixException.ThrowIfFailed(result, "getsockname", "listening socket");
        return address;
    }

    /// <summary>Makes a non-blocking socket that listens on <paramref name="address"/>.</summary>
    /// <param name="address">The address to bind to; <c>::</c> takes clients of both families.</param>
    /// <param name="backlog">How many connections may wait to be accepted.</param>
    /// <param name="idleSeconds">
    /// After how many seconds a read or a write on an accepted socket fails with EAGAIN; 0 for never.
    /// </param>
    /// <param name="ipv6Only">Whether <c>::</c> takes IPv6 clients only.</param>
    /// <returns>The socket, which the caller owns.</returns>
    /// <exception cref="PosixException">socket, setsockopt, bind or listen failed; see their man pages.</exception>
    public static ListeningSocket Open(SocketAddress address, int backlog, int idleSeconds = 0, bool ipv6Only = false)
    {
        string subject = address.ToString();
        int descriptor = socket(address.Family, SOCK_STREAM | SOCK_NONBLOCK, 0);
        PosixException.ThrowIfFailed(descriptor, "socket", subject);
        ListeningSocket listening = new(new FileDescriptor(descriptor));
        try
        {
            Prepare(descriptor, address, idleSeconds, ipv6Only);
            PosixException.ThrowIfFailed(listen(descriptor, backlog), "listen", subject);
            return listening;
        }
        catch (PosixException)
        {
            listening.Close();
            throw;
        }
    }

    /// <summary>
    /// Takes over a socket that the program was started with and that listens already, and makes it non-blocking: if
    /// another process takes the client between ppoll and accept, a blocking accept would sleep. The flag belongs to the
    /// socket, so the other process sees the change, too.
    /// </summary>
    /// <param name="descriptor">The descriptor, which the value owns from now on.</param>
    /// <param name="subject">What an error message calls it.</param>
    /// <param name="backlog">How many connections may wait to be accepted; null to leave the number as it is.</param>
    /// <param name="idleSeconds">
    /// After how many seconds a read or a write on an accepted socket fails with EAGAIN; 0 for never.
    /// </param>
    /// <exception cref="PosixException">It is no TCP socket that listens, or its options can't be set.</exception>
    public static ListeningSocket Adopt(FileDescriptor descriptor, string subject, int? backlog, int idleSeconds)
    {
        if (!InheritedSocket.IsStream(descriptor) || !InheritedSocket.IsIp(descriptor) || !InheritedSocket.Listens(descriptor))
        {
            throw new PosixException($"{subject} is not a TCP socket that listens");
        }

        InheritedSocket.SetNonBlocking(descriptor, on: true, subject);
        SocketOption.SetForService(descriptor.Number, idleSeconds, subject);
        if (backlog is int wanted)
        {
            PosixException.ThrowIfFailed(listen(descriptor.Number, wanted), "listen", subject);
        }

        return new ListeningSocket(descriptor);
    }

    /// <summary>
    /// Takes the next connection without waiting for one; see accept(2). EINTR is retried. On Linux the connected socket
    /// does not inherit O_NONBLOCK: it is blocking.
    /// </summary>
    public AcceptResult Accept()
    {
        // A socket that listens no more fails again and again.
        AcceptResult result = AcceptOnce();
        return result.Outcome == AcceptOutcome.Dead ? AcceptOnce() : result;
    }

    /// <summary>
    /// From now on drops the packet by which a client begins to connect, while the kernel completes the connections that have
    /// begun: soon the queue is empty. The kernel of a new client repeats the packet after a second. Where the socket does not
    /// have the option, nothing changes.
    /// </summary>
    /// <param name="address">The local address.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    /// <remarks>
    /// It demands that packets have passed no router, which those of most systems never claim; see ip(7), IP_MINTTL. An
    /// accepted socket inherits that: call <see cref="ConnectedSocket.TakeAnyPackets"/>.
    /// </remarks>
    public void DropNewcomers(SocketAddress address, ParentKey key = default) =>
        SocketOption.SetLeastHops(Descriptor.Number, address, byte.MaxValue, key);

    /// <summary>
    /// Makes the queue as short as possible; see listen(2). Clients that are in it stay there. As long as it is full, the
    /// kernel drops the packets of further clients. An error is ignored.
    /// </summary>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public void Shorten(ParentKey key) => _ = key.CallWithoutTrace(SystemCall.Listen, Descriptor.Number, 0, 0, 0, 0);

    /// <summary>Closes this process's descriptor. The port is free when the last process has closed its own.</summary>
    public void Close() => Descriptor.Close();

    private static void Prepare(int descriptor, SocketAddress address, int idleSeconds, bool ipv6Only)
    {
        string subject = address.ToString();

        // Without it, bind(2) fails while a child of an earlier server still has connections on this port.
        SocketOption.Set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1, subject);

        // Accepted sockets inherit these options.
        SocketOption.SetForService(descriptor, idleSeconds, subject);
        if (address.IsIpv6)
        {
            bool takesIpv4 = (address.IsIpv6Any && !ipv6Only) || address.IsIpv4Mapped;
            SocketOption.Set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, takesIpv4 ? 0 : 1, subject);
        }

        PosixException.ThrowIfFailed(Bind(descriptor, address), "bind", subject);
    }

    private static AcceptOutcome Classify(Errno error)
    {
        if (error.IsWouldBlock)
        {
            return AcceptOutcome.NoneWaiting;
        }

        int number = error.Number;
        if (number == EINVAL || number == EBADF || number == ENOTSOCK)
        {
            return AcceptOutcome.Dead;
        }

        // The network errors are those that accept(2) lists under "Error handling".
        bool lost = number == ECONNABORTED || number == EPERM || number == EPROTO || number == ETIMEDOUT
            || number == ENETDOWN || number == ENOPROTOOPT || number == EHOSTDOWN || number == ENONET
            || number == EHOSTUNREACH || number == EOPNOTSUPP || number == ENETUNREACH;
        return lost ? AcceptOutcome.ConnectionLost : AcceptOutcome.Unavailable;
    }

    private static unsafe int Bind(int descriptor, SocketAddress address) =>
        bind(descriptor, (sockaddr*)&address, address.Length);

    private unsafe AcceptResult AcceptOnce()
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
            ConnectedSocket socket = new(new FileDescriptor(descriptor));
            return new AcceptResult(AcceptOutcome.Accepted, socket, peer, Errno.None);
        }

        Errno error = Errno.Last;
        return new AcceptResult(Classify(error), default, default, error);
    }
}
