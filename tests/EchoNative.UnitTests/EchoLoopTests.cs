using System;
using System.Diagnostics;
using System.Threading;
using EchoNative.Posix;
using EchoNative.Server;
using EchoNative.Testing;
using Tmds.Linux;

namespace EchoNative.UnitTests;

public sealed class EchoLoopTests
{
    private const int BufferLength = 64 * 1024;
    private const int Bulk = 8 * 1024 * 1024;
    private const int LongIdleSeconds = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BufferLength - 1)]
    [InlineData(BufferLength)]
    [InlineData(Bulk)]
    [InlineData(Bulk + 1)]
    public void What_is_sent_comes_back_and_is_counted(int length)
    {
        using Session session = new();
        session.Exchange(length);
        session.ShutdownWrite();
        Assert.Equal((length, Errno.None), session.Join());
    }

    [Fact]
    public void Bulk_and_small_messages_follow_each_other_on_one_connection()
    {
        using Session session = new();
        int total = 0;
        foreach (int length in new[] { 5, Bulk, 1, 1, 1, 1, 1, 1, Bulk, 30, Bulk, 1 })
        {
            session.Exchange(length);
            total += length;
        }

        session.ShutdownWrite();
        Assert.Equal((total, Errno.None), session.Join());
    }

    [Fact]
    public void A_reset_in_the_middle_of_bulk_ends_it_with_the_reason()
    {
        using Session session = new();
        session.Exchange(Bulk);
        session.Reset();
        (int bytes, Errno failure) = session.Join();
        Assert.Equal(Bulk, bytes);
        Assert.Equal("ECONNRESET", failure.Name);
    }

    [Fact]
    public void Urgent_data_in_the_middle_of_bulk_ends_nothing()
    {
        // The urgent byte itself is not part of the stream; see tcp(7).
        using Session session = new();
        for (int i = 0; i < 3; i++)
        {
            session.Exchange(Bulk);
            session.SendUrgentByte();
        }

        session.Exchange(Bulk);
        session.ShutdownWrite();
        Assert.Equal((4 * Bulk, Errno.None), session.Join());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LongIdleSeconds)]
    public void A_socket_that_another_process_makes_non_blocking_is_echoed_all_the_same(int idleSeconds)
    {
        using Session session = new(idleSeconds);
        session.Exchange(Bulk);
        session.MakeNonBlocking();
        session.Exchange(Bulk);
        session.Exchange(1);
        session.Exchange(Bulk);
        session.ShutdownWrite();
        Assert.Equal(((3 * Bulk) + 1, Errno.None), session.Join());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_does_not_read_is_idle_as_soon_as_one_that_does_not_send(bool nonBlocking)
    {
        TimeSpan silence = TimeUntilIdle(nonBlocking, static _ => { });
        TimeSpan deafness = TimeUntilIdle(nonBlocking, static client => client.WriteAll(new byte[Bulk]));
        Assert.InRange(deafness / silence, 0.9, 1.6);
    }

    // Over TCP a client that does not read still takes some bytes, now and then.
    private static TimeSpan TimeUntilIdle(bool nonBlocking, Action<FileDescriptor> client)
    {
        const int IdleSeconds = 2;
        using DescriptorPair sockets = DescriptorPair.Sockets();
        Assert.Equal(Errno.None, SocketOption.SetTimeouts(sockets.Second.Number, IdleSeconds));
        InheritedSocket.SetNonBlocking(sockets.Second, nonBlocking, "socket");
        Thread sender = new(() => client(sockets.First));
        sender.Start();
        Stopwatch clock = Stopwatch.StartNew();
        EchoLoop loop = new(sockets.Second, new byte[BufferLength], IdleSeconds);
        Assert.Equal(Errno.WouldBlock, loop.Run());
        TimeSpan time = clock.Elapsed;
        sockets.CloseSecond();
        sender.Join();
        return time;
    }

    /// <summary>An echo on a thread of its own, and the client's end of its connection.</summary>
    private sealed class Session : IDisposable
    {
        private readonly TcpPair _pair = TcpPair.Open();
        private readonly Thread _echo;
        private readonly Random _random = new(1);
        private (int Bytes, Errno Failure) _result;

        public Session(int idleSeconds = 0)
        {
            SocketOption.SetForService(_pair.Server.Descriptor.Number, idleSeconds, "socket");
            _echo = new Thread(() =>
            {
                EchoLoop loop = new(_pair.Server.Descriptor, new byte[BufferLength], idleSeconds);
                Errno failure = loop.Run();
                _result = ((int)loop.Bytes, failure);
            });
            _echo.Start();
        }

        /// <summary>Sends random bytes and reads them back at the same time.</summary>
        public void Exchange(int length)
        {
            byte[] sent = new byte[length];
            _random.NextBytes(sent);
            Thread sender = new(() => _pair.Client.WriteAll(sent));
            sender.Start();
            byte[] received = new byte[length];
            int count = 0;
            while (count < length)
            {
                IoResult read = _pair.Client.Read(received.AsSpan(count));
                Assert.False(read.Failed || read.IsEndOfFile);
                count += read.Count;
            }

            sender.Join();
            Assert.True(sent.AsSpan().SequenceEqual(received), $"{length} bytes came back changed");
        }

        public void ShutdownWrite() => Assert.Equal(Errno.None, _pair.Client.ShutdownWrite());

        /// <summary>Closes with a reset in place of an orderly end.</summary>
        public void Reset() => _pair.ResetClient();

        public unsafe void SendUrgentByte()
        {
            byte urgent = (byte)'!';
            Assert.Equal(1, LibC.send(_pair.Client.Descriptor.Number, &urgent, 1, LibC.MSG_OOB));
        }

        public void MakeNonBlocking() => InheritedSocket.SetNonBlocking(_pair.Server.Descriptor, on: true, "socket");

        public (int Bytes, Errno Failure) Join()
        {
            Assert.True(_echo.Join(Deadline.Long), "the echo does not end");
            return _result;
        }

        public void Dispose() => _pair.Dispose();
    }
}
