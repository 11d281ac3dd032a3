using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// One client from its first byte to its end, and the two lines of the log about it. Before the echo come, where the options
/// ask for them, the PROXY header, the banner, and the wait for the first byte. A forked child uses it: it uses no heap.
/// </summary>
internal ref struct ServedSession
{
    private readonly long _start;
    private ReadOnlySpan<byte> _reason;
    private Errno _failure;
    private int _dropped;
    private bool _isProbe;

    /// <summary>Starts the clock of the session.</summary>
    public ServedSession() => _start = MonotonicClock.Milliseconds;

    /// <summary>The client's address as text: that of the socket, and then that of the PROXY header.</summary>
    public required ReadOnlySpan<byte> Peer { get; set; }

    /// <summary>Holds the text of the address in the PROXY header; <see cref="SocketAddress.MaxTextLength"/> bytes.</summary>
    public required Span<byte> PeerRoom { get; init; }

    /// <summary>The process that serves the client.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The number of sessions, this one included.</summary>
    public required int Active { get; init; }

    /// <summary>Holds the bytes between read and write.</summary>
    public required Span<byte> Buffer { get; init; }

    /// <summary>What the options ask for.</summary>
    public required SessionRules Rules { get; init; }

    /// <summary>The name of the machine for the banner; empty for no banner.</summary>
    public required ReadOnlySpan<byte> BannerHost { get; init; }

    /// <summary>The log.</summary>
    public required EventLog<ChildLogSink> Log { get; init; }

    /// <summary>Serves the client until the session ends.</summary>
    /// <param name="client">The connection. The caller owns it, and closes it afterwards.</param>
    /// <param name="output">Where the answers go, if the client is no socket.</param>
    /// <returns>The number of bytes that were written back.</returns>
    public long Serve(FileDescriptor client, FileDescriptor? output = null)
    {
        EchoLoop echo = new(client, Buffer, Rules.IdleTimeoutSeconds, output);
        bool goesOn = TryReadHeader(client, out int received)
            && TrySendBanner(echo, isSilent: received == 0)
            && TryReceiveFirst(echo, ref received);
        if (!_isProbe)
        {
            _dropped += Log.TryWriteEvent(new Connected(Peer, ProcessId, Active)) ? 0 : 1;
        }

        if (goesOn)
        {
            _failure = echo.Run(received);
        }

        return echo.Bytes;
    }

    /// <summary>Logs the end of the session.</summary>
    /// <param name="bytes">The number of bytes that were written back.</param>
    /// <returns>How the session ended.</returns>
    public SessionStatus Finish(long bytes)
    {
        if (_isProbe)
        {
            return SessionStatus.Probe;
        }

        long milliseconds = MonotonicClock.Milliseconds - _start;
        Disconnected end = ServerLog.EndOfSession(
            Peer, ProcessId, bytes, milliseconds, _failure, Rules.IdleTimeoutSeconds);
        _dropped += Log.TryWriteEvent(_reason.IsEmpty ? end : end with { Error = _reason }) ? 0 : 1;
        return new SessionStatus(_failure.IsError || !_reason.IsEmpty, _dropped);
    }

    private bool TryReadHeader(FileDescriptor client, out int received)
    {
        received = 0;
        if (!Rules.ReadsProxyHeader)
        {
            return true;
        }

        HeaderReader reader = new(client, Buffer, Rules.IdleTimeoutSeconds);
        Span<byte> host = stackalloc byte[ProxyHeader.HostRoom];
        if (!reader.Run(host))
        {
            _reason = reader.Reason;
            return Fail(reader.Failure, isEnd: reader.IsAtEnd || reader.Failure.IsDisconnected, reader.IsSilent);
        }

        received = reader.Received;
        if (reader.Header.HostLength > 0)
        {
            SocketAddress address = SocketAddress.From(host[..reader.Header.HostLength], reader.Header.Port);
            Peer = PeerRoom[..address.Format(PeerRoom)];
        }

        return true;
    }

    private bool TrySendBanner(in EchoLoop echo, bool isSilent)
    {
        if (BannerHost.IsEmpty)
        {
            return true;
        }

        IoResult sent = echo.Send(Banner.Write(stackalloc byte[Banner.MaxLength], BannerHost, ProcessId));
        return !sent.Failed || Fail(sent.Error, sent.Error.IsDisconnected, isSilent);
    }

    // Only the first byte tells a client from a probe.
    private bool TryReceiveFirst(in EchoLoop echo, ref int received)
    {
        if (!Rules.IgnoresProbes || received > 0)
        {
            return true;
        }

        IoResult first = echo.Receive();
        received = first.Count;
        return received > 0 || Fail(first.Error, first.IsEndOfFile || first.Error.IsDisconnected, isSilent: true);
    }

    // A probe is a client that ends the connection without having sent anything for the server.
    private bool Fail(Errno failure, bool isEnd, bool isSilent)
    {
        _failure = failure;
        _isProbe = Rules.IgnoresProbes && isEnd && isSilent;
        return false;
    }
}

/// <summary>What the options ask of a session, as values: a forked child can't read the options themselves.</summary>
/// <param name="IdleTimeoutSeconds">It ends after so many seconds without a byte in either direction; 0 for never.</param>
/// <param name="ReadsProxyHeader">Whether a PROXY header comes first.</param>
/// <param name="IgnoresProbes">Whether a session that ends without a byte is not logged.</param>
internal readonly record struct SessionRules(int IdleTimeoutSeconds, bool ReadsProxyHeader, bool IgnoresProbes)
{
    /// <summary>Takes them from the options.</summary>
    public SessionRules(ServerOptions options)
        : this(options.IdleTimeoutSeconds, options.ProxyProtocol, options.IgnoreProbes)
    {
    }
}
