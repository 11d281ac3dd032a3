using System;
using System.Buffers;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>One client from its first byte to its end, served by a task instead of a process.</summary>
/// <param name="client">The connected socket, which the session owns.</param>
/// <param name="key">What the limit on clients of one peer counts it as.</param>
/// <param name="peer">The client's address as text, in ASCII.</param>
/// <param name="idleSeconds">After how many seconds without a byte in either direction it ends; 0 for never.</param>
internal sealed class Session(Socket client, PeerKey key, byte[] peer, int idleSeconds) : IDisposable
{
    private const int BufferLength = 64 * 1024;

    // A write tells how many bytes it has sent only when it ends. With an idle timeout, writes are shorter, so that a client
    // that takes few bytes at a time does not count as idle.
    private const int PieceLength = 4 * 1024;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly int _idleMilliseconds = idleSeconds * 1000;
    private readonly long _start = Environment.TickCount64;
    private bool _wasEnded;

    /// <summary>The client's address as text, in ASCII.</summary>
    public byte[] Peer { get; } = peer;

    /// <summary>What the limit on clients of one peer counts it as.</summary>
    public PeerKey Key { get; } = key;

    /// <summary>How many bytes have been written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Why it has failed; null if it ended by the client's end of file, the idle timeout or <see cref="End"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether it has ended by the idle timeout.</summary>
    public bool WasIdle { get; private set; }

    /// <summary>Whether it has ended by <see cref="End"/>.</summary>
    public bool WasEnded { get; private set; }

    /// <summary>The exit status that a process would have had.</summary>
    public int Status => Failure is null && !WasIdle ? ExitStatus.Done : ExitStatus.Failed;

    /// <summary>How long it lasted, in milliseconds.</summary>
    public long Milliseconds { get; private set; }

    /// <summary>
    /// Writes back what arrives, until the client's end of file, an error, the idle timeout or <see cref="End"/>.
    /// </summary>
    public async Task RunAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            await EchoAsync(buffer.AsMemory(0, BufferLength));
        }
        catch (SocketException exception)
        {
            Failure = Reason.Of(exception);
        }
        catch (OperationCanceledException)
        {
            WasEnded = Volatile.Read(ref _wasEnded);
            WasIdle = !WasEnded;
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

    private async Task EchoAsync(Memory<byte> buffer)
    {
        int piece = idleSeconds > 0 ? PieceLength : BufferLength;
        while (true)
        {
            RestartIdleTimer();
            int received = await client.ReceiveAsync(buffer, SocketFlags.None, _cancellation.Token);
            if (received == 0)
            {
                return;
            }

            for (Memory<byte> rest = buffer[..received]; !rest.IsEmpty;)
            {
                RestartIdleTimer();
                int sent = await client.SendAsync(rest[..Math.Min(piece, rest.Length)], SocketFlags.None, _cancellation.Token);
                Bytes += sent;
                rest = rest[sent..];
            }
        }
    }

    private void RestartIdleTimer()
    {
        if (idleSeconds > 0 && !Volatile.Read(ref _wasEnded))
        {
            _cancellation.CancelAfter(_idleMilliseconds);
        }
    }
}
