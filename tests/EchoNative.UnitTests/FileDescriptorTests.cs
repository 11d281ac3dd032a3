using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using EchoNative.Posix;
using EchoNative.Testing;
using Tmds.Linux;

namespace EchoNative.UnitTests;

public sealed class FileDescriptorTests
{
    private const int Interruptions = 50;
    private const int LargerThanAnyBuffer = 300_000;
    private const int Seed = 20260101;

    public enum Kind
    {
        Pipe,
        Sockets,
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void What_is_written_is_read(Kind kind)
    {
        using DescriptorPair pair = Open(kind);
        Assert.Equal(new IoResult(3, Errno.None), pair.Second.WriteAll([0, 255, 10]));
        byte[] buffer = new byte[8];
        Assert.Equal(new IoResult(3, Errno.None), pair.First.Read(buffer));
        Assert.Equal([0, 255, 10, 0, 0, 0, 0, 0], buffer);
    }

    [Theory]
    [InlineData(Kind.Pipe, false)]
    [InlineData(Kind.Pipe, true)]
    [InlineData(Kind.Sockets, false)]
    [InlineData(Kind.Sockets, true)]
    public void Everything_arrives_in_order_at_a_slow_reader(Kind kind, bool nonBlocking)
    {
        using DescriptorPair pair = OpenSmall(kind);
        if (nonBlocking)
        {
            pair.First.MakeNonBlocking();
            pair.Second.MakeNonBlocking();
        }

        byte[] sent = RandomBytes();
        IoResult written = default;
        ThreadInKernel writer = new(() => written = pair.Second.WriteAll(sent));
        WaitUntilFull(pair.Second);
        writer.WaitUntilAsleep();
        byte[] received = ReadInSmallPieces(pair.First, sent.Length);
        writer.Join();
        Assert.Equal(new IoResult(sent.Length, Errno.None), written);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void An_interrupted_write_continues_where_it_was(Kind kind)
    {
        using DescriptorPair pair = OpenSmall(kind);
        byte[] sent = RandomBytes();
        IoResult written = default;
        ThreadInKernel writer = new(() => written = pair.Second.WriteAll(sent));
        WaitUntilFull(pair.Second);

        // At the first interruption the write returns fewer bytes, at the next ones it fails with EINTR.
        writer.Interrupt(Interruptions);
        Assert.False(writer.HasReturned, "the write ended though nobody has read");
        byte[] received = ReadInSmallPieces(pair.First, sent.Length);
        writer.Join();
        Assert.Equal(new IoResult(sent.Length, Errno.None), written);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(Kind.Pipe, false)]
    [InlineData(Kind.Pipe, true)]
    [InlineData(Kind.Sockets, false)]
    [InlineData(Kind.Sockets, true)]
    public void An_interrupted_read_keeps_waiting(Kind kind, bool nonBlocking)
    {
        using DescriptorPair pair = Open(kind);
        if (nonBlocking)
        {
            pair.First.MakeNonBlocking();
        }

        IoResult read = default;
        ThreadInKernel reader = new(() => read = pair.First.Read(new byte[8]));
        reader.Interrupt(Interruptions);
        Assert.False(reader.HasReturned, "the read ended though nobody has written");
        _ = pair.Second.WriteAll([1, 2]);
        reader.Join();
        Assert.Equal(new IoResult(2, Errno.None), read);
    }

    [Fact]
    public unsafe void A_read_without_a_retry_is_interrupted_by_the_signal_of_these_tests()
    {
        // The tests above rely on this: the signal interrupts a sleeping system call.
        using DescriptorPair pair = DescriptorPair.Pipe();
        long count = 0;
        Errno error = default;
        ThreadInKernel reader = new(() =>
        {
            byte only;
            count = Libc.read(pair.First.Number, &only, 1);
            error = Errno.Last;
        });
        reader.Interrupt(Interruptions);
        reader.Join();
        Assert.Equal(-1, count);
        Assert.Equal("EINTR", error.Name);
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void When_the_writer_has_closed_the_rest_is_read_and_then_the_end_of_file(Kind kind)
    {
        using DescriptorPair pair = Open(kind);
        _ = pair.Second.WriteAll([7]);
        pair.CloseSecond();
        byte[] buffer = new byte[8];
        IoResult rest = pair.First.Read(buffer);
        Assert.Equal(1, rest.Count);
        Assert.False(rest.IsEndOfFile);
        foreach (int _ in Enumerable.Range(0, 2))
        {
            IoResult end = pair.First.Read(buffer);
            Assert.True(end.IsEndOfFile);
            Assert.False(end.Failed);
            Assert.Equal(0, end.Count);
        }
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void A_sleeping_reader_is_woken_by_the_end_of_file(Kind kind)
    {
        using DescriptorPair pair = Open(kind);
        pair.First.MakeNonBlocking();
        IoResult read = new(1, Errno.None);
        ThreadInKernel reader = new(() => read = pair.First.Read(new byte[8]));
        reader.WaitUntilAsleep();
        pair.CloseSecond();
        reader.Join();
        Assert.True(read.IsEndOfFile);
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void A_write_without_a_reader_is_a_result_and_not_the_end_of_the_process(Kind kind)
    {
        using DescriptorPair pair = Open(kind);
        pair.CloseFirst();

        // A process that another test starts has a copy of the descriptor until its exec(2).
        IoResult written = default;
        Deadline.WaitUntil(() => (written = pair.Second.WriteAll([1, 2, 3])).Failed, "nobody can read");
        Assert.Equal(0, written.Count);
        Assert.Equal("EPIPE", written.Error.Name);
        Assert.True(written.Error.IsDisconnected);
    }

    [Theory]
    [InlineData(Kind.Pipe)]
    [InlineData(Kind.Sockets)]
    public void A_write_that_fails_half_way_returns_how_much_was_written(Kind kind)
    {
        using DescriptorPair pair = OpenSmall(kind);
        pair.Second.MakeNonBlocking();
        IoResult written = default;
        ThreadInKernel writer = new(() => written = pair.Second.WriteAll(RandomBytes()));
        WaitUntilFull(pair.Second);
        writer.WaitUntilAsleep();
        pair.CloseFirst();
        writer.Join();
        Assert.True(written.Error.IsDisconnected, written.Error.Name);
        Assert.InRange(written.Count, 1, LargerThanAnyBuffer - 1);
    }

    [Fact]
    public void A_reset_is_a_result()
    {
        // A local socket that is closed with something unread in it resets the connection.
        using DescriptorPair pair = DescriptorPair.Sockets();
        _ = pair.First.WriteAll([1]);
        pair.CloseSecond();
        IoResult read = pair.First.Read(new byte[8]);
        Assert.True(read.Failed);
        Assert.False(read.IsEndOfFile);
        Assert.Equal("ECONNRESET", read.Error.Name);
        Assert.True(read.Error.IsDisconnected);
    }

    [Fact]
    public void Any_other_error_is_a_result()
    {
        FileDescriptor none = new(-1);
        Assert.Equal("EBADF", none.Read(new byte[1]).Error.Name);
        Assert.Equal("EBADF", none.WriteAll([1]).Error.Name);
        Assert.False(none.WriteAll([1]).Error.IsDisconnected);
        none.Close();
    }

    [Fact]
    public void A_full_device_is_a_result()
    {
        FileDescriptor full = FileDescriptor.Open("/dev/full", LibC.O_RDWR);
        Assert.Equal("ENOSPC", full.WriteAll([1]).Error.Name);
        full.Close();
    }

    [Fact]
    public void A_reader_that_takes_some_bytes_within_each_idle_time_gets_all()
    {
        // All together take longer than the idle time.
        const int IdleMilliseconds = 2000;
        const int Pieces = 10;
        const int PieceLength = 4096; // as much as the pipe holds
        using DescriptorPair pair = OpenSmall(Kind.Pipe);
        pair.Second.MakeNonBlocking();
        IoResult written = default;
        ThreadInKernel writer = new(() => written = pair.Second.WriteAll(new byte[Pieces * PieceLength], IdleMilliseconds));
        for (int received = 0; received < Pieces * PieceLength && !writer.HasReturned;)
        {
            Thread.Sleep(IdleMilliseconds / 5);
            received += pair.First.Read(new byte[PieceLength]).Count;
        }

        writer.Join();
        Assert.Equal(new IoResult(Pieces * PieceLength, Errno.None), written);
    }

    [Fact]
    public void Nothing_is_written_of_nothing() => Assert.Equal(new IoResult(0, Errno.None), new FileDescriptor(-1).WriteAll([]));

    private static DescriptorPair Open(Kind kind) => kind == Kind.Pipe ? DescriptorPair.Pipe() : DescriptorPair.Sockets();

    private static DescriptorPair OpenSmall(Kind kind)
    {
        DescriptorPair pair = Open(kind);
        if (kind == Kind.Pipe)
        {
            pair.Second.ShrinkPipe();
        }
        else
        {
            pair.Second.ShrinkSendBuffer();
        }

        return pair;
    }

    private static void WaitUntilFull(FileDescriptor descriptor) =>
        Deadline.WaitUntil(() => !Poll.IsWritable(descriptor), "the kernel takes no more");

    private static byte[] RandomBytes()
    {
        byte[] bytes = new byte[LargerThanAnyBuffer];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] ReadInSmallPieces(FileDescriptor descriptor, int length)
    {
        Random random = new(Seed);
        List<byte> received = [];
        byte[] buffer = new byte[1000];
        while (received.Count < length)
        {
            IoResult read = descriptor.Read(buffer.AsSpan(0, random.Next(1, buffer.Length)));
            Assert.False(read.Failed, read.Error.Name);
            Assert.False(read.IsEndOfFile);
            received.AddRange(buffer.AsSpan(0, read.Count));
            _ = Thread.Yield();
        }

        return [.. received];
    }
}
