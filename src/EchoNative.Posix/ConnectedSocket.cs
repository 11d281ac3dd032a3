using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// One end of a TCP connection; see tcp(7). The holder of the value owns the descriptor and closes it once. After a fork
/// both processes have a descriptor for the same socket: the connection ends when the last one is closed.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct ConnectedSocket(FileDescriptor Descriptor)
{
    private const int MostFailedWaits = 10;

    /// <summary>Connects to a server and waits until that has succeeded or failed; see connect(2).</summary>
    /// <param name="address">The server.</param>
    /// <param name="socket">The blocking socket, which the caller owns, if there is no error.</param>
    /// <returns>Why the connection failed, or <see cref="Errno.None"/>.</returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static Errno Connect(SocketAddress address, out ConnectedSocket socket)
    {
        Errno error = Open(address, 0, out socket);
        return error.IsError ? error : socket.CompleteConnect(address, Deadline.Never);
    }

    /// <summary>Connects to a server within a time limit; see connect(2), EINPROGRESS.</summary>
    /// <param name="address">The server.</param>
    /// <param name="milliseconds">The time limit.</param>
    /// <param name="socket">The blocking socket, which the caller owns, if there is no error.</param>
    /// <returns>
    /// Why the connection failed, or <see cref="Errno.None"/>. ETIMEDOUT means this limit or the system's own one.
    /// </returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static Errno Connect(SocketAddress address, int milliseconds, out ConnectedSocket socket)
    {
        Errno error = Open(address, SOCK_NONBLOCK, out socket);
        if (error.IsError)
        {
            return error;
        }

        error = socket.CompleteConnect(address, Deadline.After(milliseconds));
        if (!error.IsError)
        {
            socket.Descriptor.SetBlocking();
        }

        return error;
    }

    /// <summary>Makes a non-blocking socket for <see cref="StartConnect"/>; see socket(2), SOCK_NONBLOCK.</summary>
    /// <param name="peer">The server.</param>
    /// <returns>The socket, which the caller owns.</returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static ConnectedSocket OpenNonBlocking(SocketAddress peer)
    {
        Errno error = Open(peer, SOCK_NONBLOCK, out ConnectedSocket socket);
        return error.IsError ? throw new PosixException("socket", error, peer.ToString()) : socket;
    }

    /// <summary>
    /// Sets the options that an accepted socket inherits from <see cref="ListeningSocket.Open"/>. Errors are ignored: the
    /// client may have gone.
    /// </summary>
    /// <param name="idleSeconds">After how many seconds a read or a write fails with EAGAIN; 0 for never.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public void SetForService(int idleSeconds, ParentKey key = default) =>
        _ = SocketOption.TrySetForService(Descriptor.Number, idleSeconds, key);

    /// <summary>Undoes what the socket may have inherited after <see cref="ListeningSocket.DropNewcomers"/>.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public void TakeAnyPackets(SocketAddress peer, ParentKey key = default) =>
        SocketOption.SetLeastHops(Descriptor.Number, peer, 0, key);

    /// <summary>
    /// Binds the socket to a local IPv4 address. connect(2) chooses the port, and may choose one that is in use for
    /// another server or from another local address; see ip(7), IP_BIND_ADDRESS_NO_PORT.
    /// </summary>
    /// <returns>Why bind(2) failed, or <see cref="Errno.None"/>.</returns>
    public unsafe Errno BindAddress(SocketAddress source)
    {
        SetOption(Descriptor.Number, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
        return bind(Descriptor.Number, (sockaddr*)&source, source.Length) == 0 ? Errno.None : Errno.Last;
    }

    /// <summary>
    /// Begins to connect a non-blocking socket. When the socket is writable, the attempt has ended, and
    /// <see cref="TakeError"/> returns its result.
    /// </summary>
    /// <returns>Why it failed at once, or <see cref="Errno.None"/>.</returns>
    public unsafe Errno StartConnect(SocketAddress peer)
    {
        if (connect(Descriptor.Number, (sockaddr*)&peer, peer.Length) == 0)
        {
            return Errno.None;
        }

        // After EINTR the kernel keeps connecting, just as after EINPROGRESS.
        Errno error = Errno.Last;
        return error.Number == EINPROGRESS || error.IsInterrupted ? Errno.None : error;
    }

    /// <summary>The socket's pending error, which this clears; see socket(7), SO_ERROR.</summary>
    public unsafe Errno TakeError()
    {
        int error = 0;
        socklen_t length = sizeof(int);
        return getsockopt(Descriptor.Number, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? new Errno(error) : Errno.Last;
    }

    /// <summary>
    /// Whether the socket is connected to itself: both ends have the same address; see getsockname(2) and getpeername(2).
    /// </summary>
    /// <remarks>
    /// If nobody listens on the wanted port, and connect(2) chooses that same port for its own end, the kernel connects the
    /// socket to itself, and everything written comes back. The caller reports that the connection was refused.
    /// </remarks>
    public unsafe bool IsConnectedToItself
    {
        get
        {
            SocketAddress own = default;
            SocketAddress peer = default;
            socklen_t ownLength = (uint)sizeof(SocketAddress);
            socklen_t peerLength = (uint)sizeof(SocketAddress);
            return getsockname(Descriptor.Number, (sockaddr*)&own, &ownLength) == 0
                && getpeername(Descriptor.Number, (sockaddr*)&peer, &peerLength) == 0
                && own.IsSameAs(peer);
        }
    }

    /// <summary>
    /// Makes the last close reset the connection, so that its port is free at once; see socket(7), SO_LINGER.
    /// </summary>
    public unsafe void ResetOnClose()
    {
        linger atOnce = new() { l_onoff = 1, l_linger = 0 };
        _ = setsockopt(Descriptor.Number, SOL_SOCKET, SO_LINGER, &atOnce, (uint)sizeof(linger));
    }

    /// <summary>Reads what has arrived, and waits until there is something; see <see cref="FileDescriptor.Read"/>.</summary>
    public IoResult Read(Span<byte> buffer) => Descriptor.Read(buffer);

    /// <summary>Reads what has arrived, and never waits: where nothing has, this fails with EAGAIN; see recv(2).</summary>
    public unsafe IoResult ReadArrived(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = (nint)recv(Descriptor.Number, start, buffer.Length, MSG_DONTWAIT);
                Errno error = count < 0 ? Errno.Last : Errno.None;
                if (!error.IsInterrupted)
                {
                    return new IoResult((int)Math.Max(0, count), error);
                }
            }
        }
    }

    /// <summary>Writes all of it, and waits for room; see <see cref="FileDescriptor.WriteAll"/>.</summary>
    public IoResult WriteAll(ReadOnlySpan<byte> bytes) => Descriptor.WriteAll(bytes);

    /// <summary>
    /// The half-close: the peer gets an end of file and may still send; see shutdown(2), SHUT_WR. It acts on the socket,
    /// so on every process that has a descriptor for it.
    /// </summary>
    /// <returns>Why it failed, such as ENOTCONN, or <see cref="Errno.None"/>.</returns>
    public Errno ShutdownWrite() => Libc.shutdown(Descriptor.Number, SHUT_WR) == 0 ? Errno.None : Errno.Last;

    /// <summary>Closes this process's descriptor. The connection ends when the last process has closed its own.</summary>
    public void Close() => Descriptor.Close();

    private static unsafe void SetOption(int descriptor, int level, int option)
    {
        int on = 1;
        _ = setsockopt(descriptor, level, option, &on, sizeof(int));
    }

    // EAFNOSUPPORT depends on the address, and the caller may try another one, so it is returned. Any other error would
    // happen for every address, so it is thrown.
    private static Errno Open(SocketAddress peer, int flags, out ConnectedSocket socket)
    {
        int descriptor = LibC.socket(peer.Family, SOCK_STREAM | flags, 0);
        socket = new ConnectedSocket(new FileDescriptor(descriptor));
        if (descriptor < 0)
        {
            Errno error = Errno.Last;
            return error.Number == EAFNOSUPPORT ? error : throw new PosixException("socket", error, peer.ToString());
        }

        // Without Nagle's algorithm a typed line is sent at once, even while the server has not acknowledged the last one.
        SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY);
        return Errno.None;
    }

    // Closes the socket if it fails.
    private Errno CompleteConnect(SocketAddress address, Deadline deadline)
    {
        Errno error = ConnectUntil(address, deadline);
        if (!error.IsError && IsConnectedToItself)
        {
            ResetOnClose();
            error = Errno.ConnectionRefused;
        }

        if (error.IsError)
        {
            Close();
        }

        return error;
    }

    private unsafe Errno ConnectUntil(SocketAddress address, Deadline deadline)
    {
        int failedWaits = 0;
        while (connect(Descriptor.Number, (sockaddr*)&address, address.Length) != 0)
        {
            Errno error = Errno.Last;
            if (error.Number == EISCONN)
            {
                break;
            }

            if (error.Number == EINPROGRESS || error.Number == EALREADY)
            {
                // The kernel is still connecting: the socket is non-blocking, or a signal interrupted connect(2). When
                // the socket is writable, the next connect(2) returns the result.
                if (deadline.HasPassed)
                {
                    return new Errno(ETIMEDOUT);
                }

                _ = Poll.Wait(Descriptor, POLLOUT, deadline.MillisecondsLeft, out Errno failure);
                failedWaits = failure.IsError ? failedWaits + 1 : 0;
                if (failedWaits == MostFailedWaits)
                {
                    return failure;
                }
            }
            else if (!error.IsInterrupted)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>When to give up, as a reading of <see cref="MonotonicClock"/> in milliseconds.</summary>
    private readonly struct Deadline
    {
        private readonly long _moment;

        private Deadline(long moment) => _moment = moment;

        public static Deadline Never => new(long.MaxValue);

        public bool HasPassed => MillisecondsLeft == 0;

        /// <summary>0 after the deadline; <see cref="Poll.Forever"/> if there is none.</summary>
        public int MillisecondsLeft =>
            _moment == long.MaxValue ? Poll.Forever : (int)Math.Max(0, _moment - MonotonicClock.Milliseconds);

        public static Deadline After(int milliseconds) => new(MonotonicClock.Milliseconds + milliseconds);
    }
}
