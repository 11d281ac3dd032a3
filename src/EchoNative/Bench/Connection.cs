using System;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// One connection: sends its pattern up to a target, compares what comes back, and waits for nothing. It
/// can be opened again after it was closed. It owns its socket while it is open.
/// </summary>
/// <param name="token">What epoll calls it.</param>
/// <param name="epoll">What tells when it can go on.</param>
/// <param name="pattern">What it sends.</param>
internal sealed class Connection(int token, Epoll epoll, Pattern pattern)
{
    private readonly int _token = token;

    private ConnectedSocket _socket;
    private SocketAddress _peer;
    private Readiness? _interest;
    private long _number;
    private bool _halfClosed;

    public bool IsOpen { get; private set; }

    public bool IsConnected { get; private set; }

    /// <summary>Whether the load has not yet had from it what it asks of a connection that is new.</summary>
    public bool IsNew { get; set; }

    /// <summary>How many bytes were sent since it was opened.</summary>
    public long Sent { get; private set; }

    /// <summary>How many bytes have come back and were right.</summary>
    public long Received { get; private set; }

    /// <summary>How many bytes are to have been sent in the end.</summary>
    public long Target { get; set; }

    /// <summary>Whether nothing follows the target: when it is reached, the connection is half-closed.</summary>
    public bool IsLast { get; set; }

    /// <summary>When the operation was begun that is under way, in nanoseconds.</summary>
    public long Begun { get; set; }

    /// <summary>When something moved last, in nanoseconds.</summary>
    public long Moved { get; set; }

    /// <summary>Why it failed.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Whether the server owes something: a connection, an answer, or the end.</summary>
    public bool IsExpecting => !IsConnected || Received < Target || IsLast;

    /// <summary>Begins to connect.</summary>
    /// <param name="number">Which pattern it has.</param>
    /// <param name="peer">The server.</param>
    /// <param name="source">The address to come from, where it matters.</param>
    /// <exception cref="PosixException">No socket could be made.</exception>
    public Step Open(long number, SocketAddress peer, SocketAddress? source)
    {
        _socket = ConnectedSocket.OpenNonBlocking(peer);
        _peer = peer;
        _number = number;
        _interest = null;
        _halfClosed = false;
        IsOpen = true;
        IsConnected = false;
        IsNew = true;
        IsLast = false;
        Sent = 0;
        Received = 0;
        Target = 0;
        Errno error = source is SocketAddress address ? _socket.BindAddress(address) : Errno.None;
        if (error.IsError)
        {
            return Fail($"bind() error: {error} ({source})");
        }

        Begun = MonotonicClock.Nanoseconds;
        Moved = Begun;
        error = _socket.StartConnect(peer);
        return error.IsError ? FailToConnect(error) : Step.Waiting;
    }

    /// <summary>Learns how connecting has ended, when the socket has become writable.</summary>
    public Step EndConnect()
    {
        Errno error = _socket.TakeError();
        IsConnected = !error.IsError;
        return IsConnected ? Step.Waiting : FailToConnect(error);
    }

    /// <summary>
    /// Sends what the server takes now, up to the target. It may be called before the connection is known to
    /// be there: over loopback it mostly is.
    /// </summary>
    /// <param name="pieces">How many pieces at most, so that others get their turn.</param>
    public Step Send(int pieces)
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

            IsConnected = true;
            Sent += sent.Count;
            if (sent.Count < bytes.Length)
            {
                break;
            }
        }

        return IsLast && Sent == Target && IsConnected ? HalfClose() : Step.Waiting;
    }

    /// <summary>Reads what has come back, and compares it.</summary>
    /// <param name="buffer">Where it goes. Nothing in it is needed afterwards.</param>
    public Step Receive(Span<byte> buffer)
    {
        if (!_socket.Descriptor.TryRead(buffer, out IoResult received))
        {
            return Step.Waiting;
        }

        if (received.Failed)
        {
            return Fail($"read() error: {received.Error} ({_peer}, {Progress})");
        }

        if (received.IsEndOfFile)
        {
            return _halfClosed && Received == Sent ? Step.Ended : Fail($"{_peer} closed the connection: {Progress}");
        }

        if (Received + received.Count > Sent)
        {
            return Fail($"{_peer} sent more than it was sent: {Received + received.Count} bytes for {Sent}");
        }

        int right = pattern.CountRight(_number, Received, buffer[..received.Count]);
        Received += right;
        if (right < received.Count)
        {
            byte expected = pattern.GetPiece(_number, Received, 1)[0];
            return Fail($"{_peer} sent a wrong byte: 0x{buffer[right]:x2} in place of 0x{expected:x2} at offset {Received}");
        }

        return Received == Target ? Step.Answered : Step.Waiting;
    }

    /// <summary>Lets epoll tell what it waits for now.</summary>
    /// <exception cref="PosixException">epoll_ctl(2) failed.</exception>
    public void Watch()
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
            epoll.Change(_socket.Descriptor, _token, interest);
        }

        _interest = interest;
    }

    /// <summary>It has waited too long.</summary>
    public Step GiveUp(TimeSpan timeout) =>
        IsConnected
            ? Fail($"{_peer} kept silent for {(long)timeout.TotalMilliseconds} ms: {Progress}")
            : Fail($"connect() error: no answer for {(long)timeout.TotalMilliseconds} ms ({_peer})");

    /// <summary>
    /// Closes the socket. Where everything that came was read, the server sees an end of file and no reset.
    /// </summary>
    public void Close()
    {
        IsOpen = false;
        _socket.Close();
    }

    private string Progress => $"{Received} of {Sent} bytes came back";

    private Step HalfClose()
    {
        if (_halfClosed)
        {
            return Step.Waiting;
        }

        _halfClosed = true;
        Errno error = _socket.ShutdownWrite();
        if (!error.IsError)
        {
            return Step.Waiting;
        }

        // "Not connected" is all that shutdown(2) says; the socket knows why.
        Errno reason = _socket.TakeError();
        return Fail($"shutdown() error: {(reason.IsError ? reason : error)} ({_peer}, {Progress})");
    }

    private Step FailToConnect(Errno error) => Fail($"connect() error: {error} ({_peer})");

    private Step Fail(string failure)
    {
        Failure = failure;
        return Step.Failed;
    }
}
