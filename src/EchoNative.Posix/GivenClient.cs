using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// The one client of a process that a super-server has started: a connected socket as standard input, or any other pair of
/// standard input and standard output, such as two pipes.
/// </summary>
public readonly unsafe struct GivenClient
{
    private readonly SocketAddress _address;
    private readonly Kind _kind;

    private GivenClient(Kind kind, SocketAddress address = default)
    {
        _kind = kind;
        _address = address;
    }

    private enum Kind
    {
        Pipe,
        TcpConnection,
        UnixConnection,
        OtherConnection,
        Gone,
    }

    /// <summary>Where the answers go. The client's bytes come from standard input in any case.</summary>
    public FileDescriptor Output => IsSocket ? StandardStream.Input : StandardStream.Output;

    /// <summary>Whether it is a socket, which is used for both directions.</summary>
    public bool IsSocket => _kind != Kind.Pipe;

    /// <summary>Whether it was connected, and has reset the connection before this process began.</summary>
    public bool IsGone => _kind == Kind.Gone;

    /// <summary>
    /// Takes the client over. A socket is made blocking. Other files keep their flags, which belong to other processes too.
    /// </summary>
    /// <param name="passed">The socket that becomes standard input, as systemd passes it; null to take standard input.</param>
    /// <param name="subject">What an error message calls it.</param>
    /// <param name="idleSeconds">After how many seconds a read or a write of a socket fails with EAGAIN; 0 for never.</param>
    /// <exception cref="PosixException">It can't be served, or its options can't be set.</exception>
    public static GivenClient Adopt(FileDescriptor? passed, string subject, int idleSeconds)
    {
        if (passed is FileDescriptor descriptor)
        {
            if (!InheritedSocket.IsSocket(descriptor))
            {
                throw new PosixException($"{subject} is not a socket");
            }

            PosixException.ThrowIfFailed(dup2(descriptor.Number, StandardStream.Input.Number), "dup2", subject);
            descriptor.Close();
        }

        if (InheritedSocket.IsSocket(StandardStream.Input))
        {
            return AdoptSocket(StandardStream.Input, subject, idleSeconds);
        }

        return !StandardStream.Input.IsOpenForReading ? throw new PosixException($"{subject} can't be read")
            : !StandardStream.Output.IsOpenForWriting ? throw new PosixException("--inetd: standard output can't be written")
            : new GivenClient(Kind.Pipe);
    }

    /// <summary>Writes its name: a TCP client's address, otherwise <c>unix</c>, <c>socket</c> or <c>pipe</c>.</summary>
    /// <param name="destination">At least <see cref="SocketAddress.MaxTextLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public int FormatPeer(Span<byte> destination)
    {
        if (_kind == Kind.TcpConnection)
        {
            return _address.Format(destination);
        }

        ReadOnlySpan<byte> name = _kind switch
        {
            Kind.UnixConnection => "unix"u8,
            Kind.OtherConnection => "socket"u8,
            _ => "pipe"u8,
        };
        name.CopyTo(destination);
        return name.Length;
    }

    private static GivenClient AdoptSocket(FileDescriptor descriptor, string subject, int idleSeconds)
    {
        if (!InheritedSocket.IsStream(descriptor) || InheritedSocket.Listens(descriptor))
        {
            throw new PosixException(
                $"{subject} is a socket that {(InheritedSocket.IsStream(descriptor) ? "listens" : "is no stream")}");
        }

        // The name of a UNIX socket may be longer. The kernel cuts it, and it is not used.
        SocketAddress address = default;
        socklen_t length = (uint)sizeof(SocketAddress);
        if (getpeername(descriptor.Number, (sockaddr*)&address, &length) != 0)
        {
            return WasConnected(descriptor)
                ? new GivenClient(Kind.Gone)
                : throw new PosixException($"{subject} is not connected");
        }

        InheritedSocket.SetNonBlocking(descriptor, on: false, subject);
        if (!InheritedSocket.IsIp(descriptor))
        {
            SocketOption.SetIdleTimeout(descriptor.Number, idleSeconds, subject);
            return new GivenClient(InheritedSocket.IsUnix(descriptor) ? Kind.UnixConnection : Kind.OtherConnection);
        }

        SocketOption.SetForService(descriptor.Number, idleSeconds, subject);
        return new GivenClient(Kind.TcpConnection, address);
    }

    // Without a peer, reading fails on a socket that never had one. After a reset it reports the reset, or the end of file.
    private static bool WasConnected(FileDescriptor descriptor)
    {
        byte first;
        nint count = (nint)recv(descriptor.Number, &first, 1, MSG_PEEK | MSG_DONTWAIT);
        return count >= 0 || (Errno.Last.Number != ENOTCONN && Errno.Last.Number != EINVAL);
    }
}
