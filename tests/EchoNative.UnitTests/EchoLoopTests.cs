using System;
using System.Threading;
using EchoNative.Posix;
using EchoNative.Server;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

public sealed class EchoLoopTests
{
    private const int BufferLength = 64 * 1024;
    private const int Bulk = 8 * 1024 * 1024;

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

    /// <summary>An echo on a thread of its own, and the client's end of its connection.</summary>
    private sealed class Session : IDisposable
    {
        private readonly TcpPair _pair = TcpPair.Open();
        private readonly Thread _echo;
        private readonly Random _random = new(1);
        private (int Bytes, Errno Failure) _result;

        public Session()
        {
            _echo = new Thread(() =>
            {
                EchoLoop loop = new(_pair.Server.Descriptor, new byte[BufferLength]);
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

        public (int Bytes, Errno Failure) Join()
        {
            Assert.True(_echo.Join(Deadline.Long), "the echo does not end");
            return _result;
        }

        public void Dispose() => _pair.Dispose();
    }
}
