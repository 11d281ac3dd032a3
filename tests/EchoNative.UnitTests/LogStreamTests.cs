using System;
using System.IO;
using System.Linq;
using System.Text;
using EchoNative.Posix;
using EchoNative.Testing;
using Tmds.Linux;

namespace EchoNative.UnitTests;

[Collection(nameof(StandardErrorCollection))]
public sealed class LogStreamTests
{
    private const int LineLength = 100;
    private const int MoreLinesThanAnyBufferHolds = 20_000;

    private static readonly byte[] s_line = [.. Enumerable.Repeat((byte)'x', LineLength - 1), (byte)'\n'];

    [Fact]
    public void A_pipe_that_nobody_reads_drops_lines_and_does_not_wait()
    {
        using DescriptorPair pipe = DescriptorPair.Pipe();
        using StandardErrorSwap swap = new(pipe.Second);
        int written = WriteUntilDropped(LogStream.Open(StandardStream.Error), pipe.First);

        // The pipe holds whole lines only, and as many as were reported as written.
        pipe.CloseSecond();
        swap.Dispose();
        AssertHolds(pipe.First, written);
    }

    [Fact]
    public void A_pipe_stays_blocking_for_other_processes_that_share_it()
    {
        using DescriptorPair pipe = DescriptorPair.Pipe();
        using StandardErrorSwap swap = new(pipe.Second);
        LogStream log = LogStream.Open(StandardStream.Error);
        Assert.True(log.TryWriteLine(s_line));
        Assert.True(StandardStream.Error.IsNonBlocking);
        Assert.False(pipe.Second.IsNonBlocking);
    }

    [Fact]
    public unsafe void A_pipe_that_can_not_be_reopened_is_polled_and_does_not_wait()
    {
        // Opening a named pipe without a reader for writing with O_NONBLOCK fails with ENXIO, so the descriptor stays
        // blocking.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("echo-native-log-");
        string path = Path.Combine(folder.FullName, "pipe");
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            Assert.Equal(0, LibC.mkfifo(name, LibC.S_IRUSR | LibC.S_IWUSR));
        }

        FileDescriptor reader = FileDescriptor.Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK);
        FileDescriptor writer = FileDescriptor.Open(path, LibC.O_WRONLY);
        using (StandardErrorSwap swap = new(writer))
        {
            reader.Close();
            LogStream log = LogStream.Open(StandardStream.Error);
            Assert.False(log.TryWriteLine(s_line));
            Assert.False(StandardStream.Error.IsNonBlocking);

            reader = FileDescriptor.Open(path, LibC.O_RDONLY | LibC.O_NONBLOCK);
            _ = WriteUntilDropped(log, reader);
        }

        reader.Close();
        writer.Close();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_pipe_whose_reader_has_closed_drops_lines()
    {
        using DescriptorPair pipe = DescriptorPair.Pipe();
        using StandardErrorSwap swap = new(pipe.Second);
        LogStream log = LogStream.Open(StandardStream.Error);
        pipe.CloseFirst();
        Assert.False(log.TryWriteLine(s_line));
    }

    [Fact]
    public void A_device_that_is_full_drops_lines()
    {
        FileDescriptor full = FileDescriptor.Open("/dev/full", LibC.O_WRONLY);
        using StandardErrorSwap swap = new(full);
        Assert.False(LogStream.Open(StandardStream.Error).TryWriteLine(s_line));
        full.Close();
    }

    [Fact]
    public void A_socket_that_nobody_reads_drops_lines_and_does_not_wait()
    {
        using DescriptorPair sockets = DescriptorPair.Sockets();
        LogStream log = LogStream.Open(sockets.Second);
        int written = WriteUntilDropped(log, sockets.First);
        Assert.False(sockets.Second.IsNonBlocking);
        sockets.CloseSecond();
        AssertHolds(sockets.First, written);
    }

    [Fact]
    public void A_socket_whose_reader_has_closed_drops_lines()
    {
        using DescriptorPair sockets = DescriptorPair.Sockets();
        LogStream log = LogStream.Open(sockets.Second);
        sockets.CloseFirst();
        Assert.False(log.TryWriteLine(s_line));
    }

    [Fact]
    public void A_file_gets_every_line_appended()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "before\n");
        using (FileStream file = new(path, FileMode.Append))
        {
            LogStream log = LogStream.Open(new FileDescriptor((int)file.SafeFileHandle.DangerousGetHandle()));
            Assert.True(log.TryWriteLine("first\n"u8));
            Assert.True(log.TryWriteLine("second\n"u8));
        }

        Assert.Equal("before\nfirst\nsecond\n", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public void A_descriptor_that_is_not_open_drops_lines() =>
        Assert.False(LogStream.Open(new FileDescriptor(int.MaxValue)).TryWriteLine(s_line));

    /// <summary>Writes until a line is dropped, reads lines to make room, and checks that a line is written again.</summary>
    private static int WriteUntilDropped(LogStream log, FileDescriptor reader)
    {
        int written = 0;
        ThreadInKernel writer = new(() =>
        {
            while (written < MoreLinesThanAnyBufferHolds && log.TryWriteLine(s_line))
            {
                written++;
            }
        });
        Deadline.WaitUntil(() => writer.HasReturned, "a line is dropped");
        writer.Join();
        Assert.InRange(written, 1, MoreLinesThanAnyBufferHolds - 1);
        Assert.False(log.TryWriteLine(s_line));

        int taken = 0;
        byte[] line = new byte[LineLength];
        while (!log.TryWriteLine(s_line))
        {
            Assert.Equal(LineLength, reader.Read(line).Count);
            Assert.Equal(s_line, line);
            taken++;
        }

        return written + 1 - taken;
    }

    private static void AssertHolds(FileDescriptor reader, int lines)
    {
        byte[] line = new byte[LineLength];
        for (int count = 0; count < lines; count++)
        {
            int length = 0;
            while (length < LineLength)
            {
                IoResult read = reader.Read(line.AsSpan(length));
                Assert.InRange(read.Count, 1, LineLength);
                length += read.Count;
            }

            Assert.Equal(s_line, line);
        }

        Assert.True(reader.Read(line).IsEndOfFile);
    }
}
