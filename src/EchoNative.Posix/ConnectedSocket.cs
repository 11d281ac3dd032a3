using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// One end of a TCP connection; see tcp(7). Whoever holds the value owns the descriptor. After a fork
/// both processes hold one to the same socket: the connection ends when the last is closed.
/// </summary>
/// <param name="Descriptor">The descriptor.</param>
public readonly record struct ConnectedSocket(FileDescriptor Descriptor)
{
    /// <summary>Connects; see connect(2).</summary>
    /// <param name="address">The server.</param>
    /// <param name="socket">The connection, which the caller owns, where there is no error.</param>
    /// <returns>Why there is none, or <see cref="Errno.None"/>.</returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static Errno Connect(SocketAddress address, out ConnectedSocket socket)
    {
        Errno error = Open(address, 0, out socket);
        return error.IsError ? error : socket.CompleteConnect(address, TimeLimit.Never);
    }

    /// <summary>Connects, and gives up when it takes longer than so long; see connect(2), EINPROGRESS.</summary>
    /// <param name="address">The server.</param>
    /// <param name="milliseconds">The longest wait.</param>
    /// <param name="socket">The connection, which the caller owns, where there is no error. It waits as any other.</param>
    /// <returns>Why there is none, or <see cref="Errno.None"/>: the system's own limit and this one are told alike.</returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static Errno Connect(SocketAddress address, int milliseconds, out ConnectedSocket socket)
    {
        Errno error = Open(address, SOCK_NONBLOCK, out socket);
        if (error.IsError)
        {
            return error;
        }

        error = socket.CompleteConnect(address, TimeLimit.After(milliseconds));
        if (!error.IsError)
        {
            socket.Descriptor.LetWait();
        }

        return error;
    }

    /// <summary>
    /// Makes a socket that never waits, to be connected by <see cref="StartConnect"/>; see socket(2),
    /// SOCK_NONBLOCK.
    /// </summary>
    /// <param name="peer">The server.</param>
    /// <returns>The socket, which the caller owns.</returns>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public static ConnectedSocket OpenNonBlocking(SocketAddress peer)
    {
        Errno error = Open(peer, SOCK_NONBLOCK, out ConnectedSocket socket);
        return error.IsError ? throw new PosixException("socket", error, peer.ToString()) : socket;
    }

    /// <summary>Takes over a connection that was accepted by who started this program. Reading from it waits.</summary>
    /// <param name="descriptor">The descriptor, which the value owns from now on.</param>
    /// <param name="subject">What it is called in a message.</param>
    /// <param name="idleSeconds">After how long a read or a write gives up; 0 for never.</param>
    /// <param name="peer">The client.</param>
    /// <exception cref="PosixException">It is no TCP connection, or can't be set.</exception>
    public static unsafe ConnectedSocket Adopt(
        FileDescriptor descriptor, string subject, int idleSeconds, out SocketAddress peer)
    {
        peer = default;
        SocketAddress address = default;
        socklen_t length = (uint)sizeof(SocketAddress);
        if (!InheritedSocket.IsTcp(descriptor, listening: false)
            || getpeername(descriptor.Number, (sockaddr*)&address, &length) != 0)
        {
            throw new PosixException($"{subject} is not a TCP connection");
        }

        peer = address;
        InheritedSocket.SetNonBlocking(descriptor, on: false, subject);
        SocketOption.SetForService(descriptor.Number, idleSeconds, subject);
        return new ConnectedSocket(descriptor);
    }

    /// <summary>
    /// Chooses the IPv4 address the connection comes from. The port is left to connect(2), which may take one
    /// that is in use with another server or from another address; see ip(7), IP_BIND_ADDRESS_NO_PORT.
    /// </summary>
    /// <returns>Why the address can't be had, or <see cref="Errno.None"/>.</returns>
    public unsafe Errno BindAddress(SocketAddress source)
    {
        SetOption(Descriptor.Number, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
        return bind(Descriptor.Number, (sockaddr*)&source, source.Length) == 0 ? Errno.None : Errno.Last;
    }

    /// <summary>
    /// Begins to connect a non-blocking socket. It is writable when that has ended, and
    /// <see cref="TakeError"/> tells how.
    /// </summary>
    /// <returns>Why it failed already, or <see cref="Errno.None"/>.</returns>
    public unsafe Errno StartConnect(SocketAddress peer)
    {
        if (connect(Descriptor.Number, (sockaddr*)&peer, peer.Length) == 0)
        {
            return Errno.None;
        }

        // An interrupted connect(2) goes on by itself, just as one that does not wait.
        Errno error = Errno.Last;
        return error.Number == EINPROGRESS || error.IsInterrupted ? Errno.None : error;
    }

    /// <summary>The error that the socket has met by itself, which is told once; see socket(7), SO_ERROR.</summary>
    public unsafe Errno TakeError()
    {
        int error = 0;
        socklen_t length = sizeof(int);
        return getsockopt(Descriptor.Number, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? new Errno(error) : Errno.Last;
    }

    /// <summary>Reads what has arrived, waiting until something has; see <see cref="FileDescriptor.Read"/>.</summary>
    public IoResult Read(Span<byte> buffer) => Descriptor.Read(buffer);

    /// <summary>Writes all of it, waiting for room; see <see cref="FileDescriptor.WriteAll"/>.</summary>
    public IoResult WriteAll(ReadOnlySpan<byte> bytes) => Descriptor.WriteAll(bytes);

    /// <summary>
    /// The half-close: tells the other side that nothing more will come, while it may go on sending; see
    /// shutdown(2), SHUT_WR. It acts on the socket, so on every process that holds it.
    /// </summary>
    public Errno ShutdownWrite() => Libc.shutdown(Descriptor.Number, SHUT_WR) == 0 ? Errno.None : Errno.Last;

    /// <summary>Closes this process's descriptor. The connection ends when the last process has done so.</summary>
    public void Close() => Descriptor.Close();

    private static unsafe void SetOption(int descriptor, int level, int option)
    {
        int on = 1;
        _ = setsockopt(descriptor, level, option, &on, sizeof(int));
    }

    // A system without the address's family is a fact about the address, and told: another one may do. What else
    // fails here would fail for any.
    private static Errno Open(SocketAddress peer, int flags, out ConnectedSocket socket)
    {
        int descriptor = LibC.socket(peer.Family, SOCK_STREAM | flags, 0);
        socket = new ConnectedSocket(new FileDescriptor(descriptor));
        if (descriptor < 0)
        {
            Errno error = Errno.Last;
            return error.Number == EAFNOSUPPORT ? error : throw new PosixException("socket", error, peer.ToString());
        }

        // A typed line leaves at once, instead of waiting until the server has acknowledged the one before.
        SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY);
        return Errno.None;
    }

    // Closes the socket where it fails.
    private Errno CompleteConnect(SocketAddress address, TimeLimit limit)
    {
        Errno error = ConnectUntil(address, limit);
        if (error.IsError)
        {
            Close();
        }

        return error;
    }

    private unsafe Errno ConnectUntil(SocketAddress address, TimeLimit limit)
    {
        while (connect(Descriptor.Number, (sockaddr*)&address, address.Length) != 0)
        {
            Errno error = Errno.Last;
            if (error.Number == EISCONN)
            {
                break;
            }

            if (error.Number == EINPROGRESS || error.Number == EALREADY)
            {
                // One that was interrupted, or does not wait, goes on by itself; asked again it says so. When it
                // is done, the next call tells how it ended.
                if (limit.IsOver)
                {
                    return new Errno(ETIMEDOUT);
                }

                Poll.WaitUntilReady(Descriptor, POLLOUT, limit.Milliseconds);
            }
            else if (!error.IsInterrupted)
            {
                return error;
            }
        }

        return Errno.None;
    }
}
