using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// A stream to the server and back that goes on until the trace shows what a test waits for. The kernel decides how
/// much each read of the server's child returns.
/// </summary>
public sealed class Bulk : IDisposable
{
    private const int LookMilliseconds = 100;

    // Not a power of two, so that a byte at a wrong position differs from the expected one.
    private const int BlockLength = 1_000_003;

    private readonly TracedServer _server;
    private readonly Socket _client;
    private readonly byte[] _block = new byte[BlockLength];
    private readonly ManualResetEventSlim _mayReceive = new(initialState: true);
    private readonly Task<long> _sending;
    private readonly Task<long> _receiving;
    private volatile bool _enough;

    /// <summary>Connects and starts the stream.</summary>
    public Bulk(TracedServer server)
    {
        new Random(1).NextBytes(_block);
        _server = server;
        _client = server.Connect();
        _sending = OnThreadOfItsOwn(Send);
        _receiving = OnThreadOfItsOwn(Receive);
    }

    /// <summary>Streams until the trace satisfies the condition, then ends, and checks that every byte came back.</summary>
    public static void Echo(TracedServer server, Func<Trace, bool> condition)
    {
        using Bulk bulk = new(server);
        bulk.FlowUntil(condition);
        bulk.Finish();
    }

    /// <summary>Streams until the trace satisfies the condition.</summary>
    public void FlowUntil(Func<Trace, bool> condition) =>
        Deadline.WaitUntil(() => condition(_server.ReadTrace()), "the trace shows it");

    /// <summary>Stops receiving, and waits until the child that serves this stream is blocked.</summary>
    /// <returns>The child.</returns>
    public int Hold()
    {
        _mayReceive.Reset();
        int child = Assert.Single(_server.ReadTrace().Children);
        string before = "";
        Deadline.WaitUntil(
            () =>
            {
                // A process that strace has stopped, or that waits for a processor, does not sleep.
                Thread.Sleep(LookMilliseconds);
                string sleeps = ProcessTable.StatusOf(child, "voluntary_ctxt_switches");
                string now = $"{_server.ReadTrace().Events.Count} events, {sleeps} sleeps";
                bool stuck = ProcessTable.StateOf(child) == 'S' && now == before;
                before = now;
                return stuck;
            },
            "the child waits for room");
        return child;
    }

    /// <summary>Stops sending, receives the rest, and checks that it is what was sent.</summary>
    public void Finish()
    {
        _enough = true;
        _mayReceive.Set();
        Assert.True(Task.WaitAll([_sending, _receiving], Deadline.Long), "the stream did not end");
        Assert.Equal(_sending.Result, _receiving.Result);
    }

    /// <summary>Waits until the server has ended the connection.</summary>
    public void WaitForEnd() => Assert.True(_receiving.Wait(Deadline.Long), "the server did not end the connection");

    /// <inheritdoc/>
    public void Dispose()
    {
        _enough = true;
        _mayReceive.Set();
        _client.Dispose();
        _ = Task.WaitAll([_sending, _receiving], Deadline.Long);
        _mayReceive.Dispose();
    }

    // A thread of its own: other tests may use all threads of the pool.
    private static Task<long> OnThreadOfItsOwn(Func<long> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private long Send()
    {
        long sent = 0;
        try
        {
            while (!_enough)
            {
                sent += _client.Send(_block);
            }

            _client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server has ended the connection; the receiver sees that too.
        }

        return sent;
    }

    private long Receive()
    {
        byte[] bytes = new byte[256 * 1024];
        long received = 0;
        try
        {
            int count;
            while ((count = _client.Receive(bytes)) > 0)
            {
                received = Compare(received, bytes.AsSpan(0, count));
                _mayReceive.Wait();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A server that ends the connection with bytes unread resets it.
        }

        return received;
    }

    private long Compare(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> expected = _block.AsSpan((int)(offset % BlockLength));
            int length = Math.Min(expected.Length, bytes.Length);
            if (!expected[..length].SequenceEqual(bytes[..length]))
            {
                throw new InvalidOperationException($"other bytes came back at {offset}");
            }

            offset += length;
            bytes = bytes[length..];
        }

        return offset;
    }
}
