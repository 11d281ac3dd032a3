using System;
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>One client from its first byte to its end, served by a task instead of a process.</summary>
/// <param name="client">The connected socket, which the session owns.</param>
/// <param name="key">What the limit on clients of one peer counts it as.</param>
/// <param name="peer">The client's address as text, in ASCII.</param>
/// <param name="active">The number of sessions when it begins, this one included.</param>
/// <param name="options">The idle timeout, and what comes before the echo.</param>
internal sealed class Session(Socket client, PeerKey key, byte[] peer, int active, ServerOptions options) : IDisposable
{
    private const int BufferLength = 64 * 1024;

    // A write tells how many bytes it has sent only when it ends. With an idle timeout, writes are shorter, so that a client
    // that takes few bytes at a time does not count as idle.
    private const int PieceLength = 4 * 1024;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly int _idleMilliseconds = options.IdleTimeoutSeconds * 1000;
    private readonly long _start = Environment.TickCount64;
    private bool _wasEnded;
    private bool _isSilent = true;
    private bool _headerIsDue;

    /// <summary>The client's address as text, in ASCII: that of the socket, and then that of the PROXY header.</summary>
    public byte[] Peer { get; private set; } = peer;

    /// <summary>What the limit on clients of one peer counts it as.</summary>
    public PeerKey Key { get; } = key;

    /// <summary>The number of sessions when it began, this one included.</summary>
    public int Active { get; } = active;

    /// <summary>How many bytes have been written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Why it has failed; null if it ended by the client's end of file, the idle timeout or <see cref="End"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether it has ended by the idle timeout.</summary>
    public bool WasIdle { get; private set; }

    /// <summary>Whether it has ended by <see cref="End"/>.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>Whether the client has ended it without a byte, and the options say not to log that.</summary>
    public bool IsProbe { get; private set; }

    /// <summary>The exit status that a process would have had.</summary>
    public int Status => Failure is null && !WasIdle ? ExitStatus.Done : ExitStatus.Failed;

    /// <summary>How long it lasted, in milliseconds.</summary>
    public long Milliseconds { get; private set; }

    /// <summary>
    /// Writes back what arrives, until the client's end of file, an error, the idle timeout or <see cref="End"/>. Before that
    /// come, where the options ask for them, the PROXY header, the banner, and the wait for the first byte.
    /// </summary>
    /// <param name="onBegin">Called once, when it is known who the client is and that it is no probe.</param>
    public async Task RunAsync(Action onBegin)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            Memory<byte> room = buffer.AsMemory(0, BufferLength);
            if (await BeginAsync(room) is int received)
            {
                onBegin();
                await EchoAsync(room, received);
            }
        }
        catch (SocketException exception)
        {
            Failure = Reason.Of(exception);
            IsProbe = options.IgnoreProbes && _isSilent && Reason.IsDisconnected(exception.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            WasEnded = Volatile.Read(ref _wasEnded);
            WasIdle = !WasEnded && !_headerIsDue;
            Failure = !WasEnded && _headerIsDue ? Text(ProxyHeader.LateText) : null;
        }

        ArrayPool<byte>.Shared.Return(buffer);

        // The client now gets the end of file.
        client.Dispose();
        Milliseconds = Environment.TickCount64 - _start;
    }

    /// <summary>Ends the session, whatever it waits for. Any thread may call it.</summary>
    public void End()
    {
        Volatile.Write(ref _wasEnded, true);
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session has just ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        _cancellation.Dispose();
    }

    private static string Text(ReadOnlySpan<byte> ascii) => Encoding.ASCII.GetString(ascii);

    private static byte[] WriteBanner()
    {
        byte[] buffer = new byte[Banner.MaxLength];
        byte[] host = Banner.HostNameOf(Encoding.UTF8.GetBytes(Dns.GetHostName()));
        return Banner.Write(buffer, host, Environment.ProcessId).ToArray();
    }

    /// <summary>Does what comes before the echo.</summary>
    /// <returns>How many bytes to echo are in the buffer already; null if the session is over.</returns>
    private async Task<int?> BeginAsync(Memory<byte> buffer)
    {
        int received = 0;
        if (options.ProxyProtocol)
        {
            if (await ReadHeaderAsync(buffer) is not int following)
            {
                return null;
            }

            received = following;
            _isSilent = received == 0;
        }

        if (options.Banner)
        {
            await SendAsync(WriteBanner(), isCounted: false);
        }

        if (options.IgnoreProbes && received == 0)
        {
            RestartIdleTimer();
            received = await ReceiveAsync(buffer);
            IsProbe = received == 0;
        }

        return IsProbe ? null : received;
    }

    /// <summary>Reads the PROXY header, and leaves the bytes that follow it at the start of the buffer.</summary>
    /// <returns>The number of these bytes; null if there is no valid header, so that the session is over.</returns>
    private async Task<int?> ReadHeaderAsync(Memory<byte> buffer)
    {
        long end = Environment.TickCount64 + ProxyHeader.MostMilliseconds;
        byte[] host = new byte[ProxyHeader.HostRoom];
        ProxyHeader header = default;
        int filled = 0;
        while (header.State == ProxyHeaderState.Incomplete)
        {
            int count = await ReceiveHeaderAsync(buffer[filled..], end);
            if (count == 0)
            {
                IsProbe = options.IgnoreProbes && _isSilent;
                Failure = IsProbe ? null : Text(_isSilent ? ProxyHeader.MissingText : ProxyHeader.CutText);
                return null;
            }

            filled += count;
            header = ProxyHeader.Parse(buffer.Span[..filled], host);
        }

        if (header.State != ProxyHeaderState.Complete)
        {
            Failure = Text(header.State == ProxyHeaderState.Missing ? ProxyHeader.MissingText : ProxyHeader.WrongText);
            return null;
        }

        // The optional part of a header may be longer than the buffer.
        for (int rest = header.Length - filled; rest > 0;)
        {
            int count = await ReceiveHeaderAsync(buffer[..Math.Min(rest, buffer.Length)], end);
            if (count == 0)
            {
                Failure = Text(ProxyHeader.CutText);
                return null;
            }

            rest -= count;
        }

        _headerIsDue = false;
        _cancellation.CancelAfter(Timeout.Infinite);
        if (header.HostLength > 0)
        {
            IPAddress address = new(host.AsSpan(0, header.HostLength));
            Peer = Encoding.ASCII.GetBytes(PeerText.Of(new IPEndPoint(address, header.Port)));
        }

        int following = Math.Max(filled - header.Length, 0);
        buffer[(filled - following)..filled].CopyTo(buffer);
        return following;
    }

    private async Task<int> ReceiveHeaderAsync(Memory<byte> buffer, long end)
    {
        int left = (int)Math.Max(end - Environment.TickCount64, 0);
        _headerIsDue = options.IdleTimeoutSeconds == 0 || left <= _idleMilliseconds;
        if (!Volatile.Read(ref _wasEnded))
        {
            _cancellation.CancelAfter(_headerIsDue ? left : _idleMilliseconds);
        }

        return await ReceiveAsync(buffer);
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        int received = await client.ReceiveAsync(buffer, SocketFlags.None, _cancellation.Token);
        _isSilent &= received == 0;
        return received;
    }

    private async Task EchoAsync(Memory<byte> buffer, int received)
    {
        while (true)
        {
            if (received == 0)
            {
                RestartIdleTimer();
                received = await ReceiveAsync(buffer);
                if (received == 0)
                {
                    return;
                }
            }

            await SendAsync(buffer[..received], isCounted: true);
            received = 0;
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, bool isCounted)
    {
        int piece = options.IdleTimeoutSeconds > 0 ? PieceLength : BufferLength;
        while (!bytes.IsEmpty)
        {
            RestartIdleTimer();
            int sent = await client.SendAsync(
                bytes[..Math.Min(piece, bytes.Length)], SocketFlags.None, _cancellation.Token);
            Bytes += isCounted ? sent : 0;
            bytes = bytes[sent..];
        }
    }

    private void RestartIdleTimer()
    {
        if (options.IdleTimeoutSeconds > 0 && !Volatile.Read(ref _wasEnded))
        {
            _cancellation.CancelAfter(_idleMilliseconds);
        }
    }
}
