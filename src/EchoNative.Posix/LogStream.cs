using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// Standard output or standard error as a log. A write never waits: if the reader is slow or has closed its end, lines
/// are dropped and the service continues.
/// </summary>
/// <remarks>
/// O_NONBLOCK on the descriptor would do, but the flag belongs to the open file, and other processes may share that, such
/// as the shell on the same terminal. So a pipe or a terminal is opened a second time through /proc, and a socket is
/// written to with MSG_DONTWAIT. If neither is possible, a poll(2) precedes each write.
/// </remarks>
public readonly unsafe struct LogStream
{
    private const int PipeLength = 1024 * 1024; // bytes

    private readonly FileDescriptor _descriptor;
    private readonly Method _method;

    private LogStream(FileDescriptor descriptor, Method method)
    {
        _descriptor = descriptor;
        _method = method;
    }

    private enum Method
    {
        Write,
        PollThenWrite,
        Send,
    }

    /// <summary>Prepares the stream, which keeps its descriptor number.</summary>
    /// <param name="descriptor">Standard output or standard error.</param>
    public static LogStream Open(FileDescriptor descriptor)
    {
        stat status;
        if (Libc.fstat(descriptor.Number, &status) != 0)
        {
            return new LogStream(descriptor, Method.PollThenWrite);
        }

        if (S_ISSOCK(status.st_mode))
        {
            return new LogStream(descriptor, Method.Send);
        }

        if (S_ISFIFO(status.st_mode))
        {
            // A pipe holds 64 KiB, the lines of some 400 sessions. A longer one loses nothing if the reader is a bit late.
            _ = Libc.fcntl(descriptor.Number, Libc.F_SETPIPE_SZ, PipeLength);
        }

        bool canBlock = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
        bool waits = canBlock && !TryReopenNonBlocking(descriptor);
        return new LogStream(descriptor, waits ? Method.PollThenWrite : Method.Write);
    }

    /// <summary>
    /// Writes one line by one call, so that lines of different processes do not mix: a pipe takes up to 4096 bytes
    /// completely or not at all; see pipe(7). EINTR is retried.
    /// </summary>
    /// <returns>Whether the line was written. If not, it is lost.</returns>
    public bool TryWriteLine(ReadOnlySpan<byte> line)
    {
        if (_method == Method.PollThenWrite && !Poll.IsWritable(_descriptor))
        {
            return false;
        }

        fixed (byte* start = line)
        {
            nint written;
            do
            {
                written = _method == Method.Send
                    ? Libc.send(_descriptor.Number, start, (nuint)line.Length, MSG_DONTWAIT | MSG_NOSIGNAL)
                    : Libc.write(_descriptor.Number, start, (nuint)line.Length);
            }
            while (written < 0 && Errno.Last.IsInterrupted);

            return written == line.Length;
        }
    }

    private static bool TryReopenNonBlocking(FileDescriptor descriptor)
    {
        ReadOnlySpan<byte> path = descriptor == StandardStream.Output ? "/proc/self/fd/1\0"u8 : "/proc/self/fd/2\0"u8;
        fixed (byte* start = path)
        {
            int opened = open(start, O_WRONLY | O_NONBLOCK | O_NOCTTY, default);
            if (opened < 0)
            {
                return false;
            }

            bool replaced = dup2(opened, descriptor.Number) >= 0;
            _ = Libc.close(opened);
            return replaced;
        }
    }
}
