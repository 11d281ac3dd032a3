using System;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>What an operation on a connection led to.</summary>
internal enum ConnectionOutcome
{
    /// <summary>The connection waits for an event.</summary>
    Waiting,

    /// <summary>Everything up to the target was sent and has come back.</summary>
    Answered,

    /// <summary>Everything has come back, and then the end of file that follows the half-close.</summary>
    Ended,

    /// <summary>The connection has failed; <see cref="Connection.Failure"/> says why.</summary>
    Failed,
}

/// <summary>
/// One non-blocking connection: it sends its pattern up to a target and compares what comes back. It owns its socket
/// while it is open, and can be opened again after it was closed.
/// </summary>
/// <param name="token">Identifies the connection in the events of epoll.</param>
/// <param name="epoll">Reports when the socket is ready. Not owned.</param>
/// <param name="pattern">The bytes to send.</param>
internal sealed class Connection(int token, Epoll epoll, Pattern pattern)
{
    private readonly int _token = token;

    private ConnectedSocket _socket;
    private SocketAddress _peer;
    private Readiness? _interest;
    private long _number;
    private bool _halfClosed;
    private bool _hasOtherSource;

    public bool IsOpen { get; private set; }

    public bool IsConnected { get; private set; }

    /// <summary>Whether the connection still has to connect, or to echo its first message, before the load begins.</summary>
    public bool IsPending { get; set; }

    /// <summary>How many bytes were sent since the connection was opened.</summary>
    public long Sent { get; private set; }

    /// <summary>How many bytes have come back unchanged.</summary>
    public long Received { get; private set; }

    /// <summary>How many bytes to send in total, since the connection was opened.</summary>
    public long Target { get; set; }

    /// <summary>Whether to half-close when the target is reached.</summary>
    public bool IsLast { get; set; }

    /// <summary>When the current operation was started, in nanoseconds of the monotonic clock.</summary>
    public long Started { get; set; }

    /// <summary>When bytes were sent or an event came last, in nanoseconds of the monotonic clock.</summary>
    public long LastActivity { get; set; }

    /// <summary>Why it failed; empty if it has not failed.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Whether it waits for the server: to be accepted, for bytes, or for the end of file.</summary>
    public bool IsWaitingForServer => !IsConnected || Received < Target || IsLast;

    /// <summary>Begins to connect.</summary>
    /// <param name="number">The number of the connection, from which its pattern follows.</param>
    /// <param name="peer">The address of the server.</param>
    /// <param name="source">The local address to bind to, not that of the server; null to leave it to the system.</param>
    /// <exception cref="PosixException">socket(2) failed.</exception>
    public ConnectionOutcome Open(long number, SocketAddress peer, SocketAddress? source)
    {
        _socket = ConnectedSocket.OpenNonBlocking(peer);
        _peer = peer;
        _number = number;
        _interest = null;
        _halfClosed = false;
        IsOpen = true;
        IsConnected = false;
        IsPending = true;
        IsLast = false;
        Sent = 0;
        Received = 0;
        Target = 0;
        _hasOtherSource = source is not null;
        Errno error = source is SocketAddress address ? _socket.BindAddress(address) : Errno.None;
        if (error.IsError)
        {
            return Fail($"bind() error: {error} ({source})");
        }

        Started = MonotonicClock.Nanoseconds;
        LastActivity = Started;
        error = _socket.StartConnect(peer);
        return error.IsError ? FailToConnect(error) : ConnectionOutcome.Waiting;
    }

    /// <summary>Reads the result of connect(2), when the socket has become writable.</summary>
    public ConnectionOutcome CompleteConnect()
    {
        Errno error = _socket.TakeError();
        return error.IsError ? FailToConnect(error) : MarkConnected();
    }

    /// <summary>
    /// Sends up to the target, as much as the socket takes now. It may be called before the connection is known to be
    /// established: over loopback it usually is.
    /// </summary>
    /// <param name="pieces">The maximum number of writes, so that other connections get their turn.</param>
    public ConnectionOutcome Send(int pieces)
    {
        for (int piece = 0; piece < pieces && Sent < Target; piece++)
        {
            ReadOnlySpan<byte> bytes = pattern.GetPiece(_number, Sent, Target - Sent);
            if (!_socket.Descriptor.TryWrite(bytes, out IoResult sent))
            {
                break;
            }

            if (sent.Failed)
            {
                return IsConnected ? Fail($"write() error: {sent.Error} ({_peer}, {Progress})") : FailToConnect(sent.Error);
            }

            Sent += sent.Count;
            if (!IsConnected && MarkConnected() == ConnectionOutcome.Failed)
            {
                return ConnectionOutcome.Failed;
            }

            if (sent.Count < bytes.Length)
            {
                break;
            }
        }

        return IsLast && Sent == Target && IsConnected ? HalfClose() : ConnectionOutcome.Waiting;
    }

    /// <summary>Reads what has come back, and compares it with what was sent.</summary>
    /// <param name="buffer">The buffer to read into. Its content is not used after the call.</param>
    public ConnectionOutcome Receive(Span<byte> buffer)
    {
        if (!_socket.Descriptor.TryRead(buffer, out IoResult received))
        {
            return ConnectionOutcome.Waiting;
        }

        if (received.Failed)
        {
            return Fail($"read() error: {received.Error} ({_peer}, {Progress})");
        }

        if (received.IsEndOfFile)
        {
            return _halfClosed && Received == Sent ? ConnectionOutcome.Ended : Fail($"{_peer} closed the connection: {Progress}");
        }

        if (Received + received.Count > Sent)
        {
            return Fail($"{_peer} sent more than it was sent: {Received + received.Count} bytes for {Sent}");
        }

        int same = pattern.CountMatching(_number, Received, buffer[..received.Count]);
        Received += same;
        if (same < received.Count)
        {
            byte expected = pattern.GetPiece(_number, Received, 1)[0];
            return Fail($"{_peer} sent a wrong byte: 0x{buffer[same]:x2} in place of 0x{expected:x2} at offset {Received}");
        }

        return Received == Target ? ConnectionOutcome.Answered : ConnectionOutcome.Waiting;
    }

    /// <summary>Tells epoll which events the connection waits for now.</summary>
    /// <exception cref="PosixException">epoll_ctl(2) failed.</exception>
    public void UpdateInterest()
    {
        Readiness interest = !IsConnected ? Readiness.Writable
            : Sent < Target ? Readiness.Readable | Readiness.Writable
            : Readiness.Readable;
        if (interest == _interest)
        {
            return;
        }

        if (_interest is null)
        {
            epoll.Add(_socket.Descriptor, _token, interest);
        }
        else
        {
            epoll.Modify(_socket.Descriptor, _token, interest);
        }

        _interest = interest;
    }

    /// <summary>Fails the connection because it has waited too long.</summary>
    public ConnectionOutcome TimeOut(TimeSpan timeout) =>
        IsConnected
            ? Fail($"{_peer} kept silent for {(long)timeout.TotalMilliseconds} ms: {Progress}")
            : Fail($"connect() error: no answer for {(long)timeout.TotalMilliseconds} ms ({_peer})");

    /// <summary>Closes the socket. If everything received was read, the server sees an end of file and no reset.</summary>
    public void Close()
    {
        IsOpen = false;
        _socket.Close();
    }

    private string Progress => $"{Received} of {Sent} bytes came back";

    // A route's own local addresses are never that of the server, so that such a connection can't be to itself.
    private ConnectionOutcome MarkConnected()
    {
        IsConnected = _hasOtherSource || !_socket.IsConnectedToItself;
        if (IsConnected)
        {
            return ConnectionOutcome.Waiting;
        }

        _socket.ResetOnClose();
        return FailToConnect(Errno.ConnectionRefused);
    }

    private ConnectionOutcome HalfClose()
    {
        if (_halfClosed)
        {
            return ConnectionOutcome.Waiting;
        }

        _halfClosed = true;
        Errno error = _socket.ShutdownWrite();
        if (!error.IsError)
        {
            return ConnectionOutcome.Waiting;
        }

        // shutdown(2) only says ENOTCONN. SO_ERROR of the socket has the reason.
        Errno reason = _socket.TakeError();
        return Fail($"shutdown() error: {(reason.IsError ? reason : error)} ({_peer}, {Progress})");
    }

    private ConnectionOutcome FailToConnect(Errno error) => Fail($"connect() error: {error} ({_peer})");

    private ConnectionOutcome Fail(string failure)
    {
        Failure = failure;
        return ConnectionOutcome.Failed;
    }
}
