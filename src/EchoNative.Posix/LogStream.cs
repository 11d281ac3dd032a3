using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// A standard stream that is written to and never waited for: where its reader is slow or gone, lines
/// are dropped and the service goes on.
/// </summary>
/// <remarks>
/// The simple way, O_NONBLOCK on the descriptor, would set it for every process that shares the open
/// file, such as the shell on the same terminal. So a pipe or terminal is opened anew through /proc, and
/// a socket is written to with MSG_DONTWAIT. Where neither can be, each write is preceded by a poll(2).
/// </remarks>
public readonly unsafe struct LogStream
{
    private const int PipeLength = 1024 * 1024;

    private readonly FileDescriptor _descriptor;
    private readonly Way _way;

    private LogStream(FileDescriptor descriptor, Way way)
    {
        _descriptor = descriptor;
        _way = way;
    }

    private enum Way
    {
        Write,
        PollThenWrite,
        Send,
    }

    /// <summary>Prepares the stream, which keeps its number.</summary>
    /// <param name="descriptor">Standard output or standard error.</param>
    public static LogStream Open(FileDescriptor descriptor)
    {
        stat status;
        if (Libc.fstat(descriptor.Number, &status) != 0)
        {
            return new LogStream(descriptor, Way.PollThenWrite);
        }

        if (S_ISSOCK(status.st_mode))
        {
            return new LogStream(descriptor, Way.Send);
        }

        if (S_ISFIFO(status.st_mode))
        {
            // A pipe holds 64 KiB, some 400 sessions: a reader that is a little late should lose nothing.
            _ = Libc.fcntl(descriptor.Number, Libc.F_SETPIPE_SZ, PipeLength);
        }

        bool canBlock = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
        bool waits = canBlock && !TryReopenNonBlocking(descriptor);
        return new LogStream(descriptor, waits ? Way.PollThenWrite : Way.Write);
    }

    /// <summary>
    /// Writes one line with one call, so that lines of different processes never mix: a pipe takes up to
    /// 4096 bytes whole or not at all, see pipe(7).
    /// </summary>
    /// <returns>Whether it was written; if not, it is lost, and nobody waits for it.</returns>
    public bool TryWriteLine(ReadOnlySpan<byte> line)
    {
        if (_way == Way.PollThenWrite && !Poll.IsWritable(_descriptor))
        {
            return false;
        }

        fixed (byte* start = line)
        {
            nint written;
            do
            {
                written = _way == Way.Send
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
