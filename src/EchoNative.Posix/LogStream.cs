using System;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// Standard output or standard error as a log. A write never waits: if the reader is slow or has closed its end, lines
/// are dropped and the service continues. A line that was written in part only is lost too: whichever process writes next
/// begins with a newline.
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
    private readonly bool _isPipe;

    // How many lines were cut short, and after how many of them a newline was written.
    private readonly SharedCounter _cut;
    private readonly SharedCounter _mended;

    private LogStream(FileDescriptor descriptor, Method method, bool isPipe, SharedCounter cut, SharedCounter mended)
    {
        _descriptor = descriptor;
        _method = method;
        _isPipe = isPipe;
        _cut = cut;
        _mended = mended;
    }

    private enum Method
    {
        Write,
        PollThenWrite,
        Send,
    }

    /// <summary>Prepares the stream, which keeps its descriptor number. Call before any fork.</summary>
    /// <param name="descriptor">Standard output or standard error.</param>
    /// <param name="other">The other one of the two, if it was opened before: both may be the same file.</param>
    public static LogStream Open(FileDescriptor descriptor, LogStream? other = null)
    {
        (SharedCounter cut, SharedCounter mended) = other is LogStream same && descriptor.IsSameFileAs(same._descriptor)
            ? (same._cut, same._mended)
            : (SharedCounter.Create(), SharedCounter.Create());
        Method method = Prepare(descriptor, out bool isPipe);
        return new LogStream(descriptor, method, isPipe, cut, mended);
    }

    /// <summary>
    /// Writes one line by one call, so that lines of different processes do not mix: a pipe takes up to 4096 bytes
    /// completely or not at all; see pipe(7). EINTR is retried.
    /// </summary>
    /// <returns>Whether the line was written. If not, it is lost.</returns>
    public bool TryWriteLine(ReadOnlySpan<byte> line)
    {
        if (!_isPipe && !TryMend())
        {
            return false;
        }

        nint written = WriteOnce(line);
        if (written > 0 && written < line.Length)
        {
            _cut.Add(1);
        }

        return written == line.Length;
    }

    private static Method Prepare(FileDescriptor descriptor, out bool isPipe)
    {
        stat status;
        isPipe = false;
        if (Libc.fstat(descriptor.Number, &status) != 0)
        {
            return Method.PollThenWrite;
        }

        if (S_ISSOCK(status.st_mode))
        {
            return Method.Send;
        }

        isPipe = S_ISFIFO(status.st_mode);
        if (isPipe)
        {
            // A pipe holds 64 KiB, the lines of some 400 sessions. A longer one loses nothing if the reader is a bit late.
            _ = Libc.fcntl(descriptor.Number, Libc.F_SETPIPE_SZ, PipeLength);
        }

        bool canBlock = isPipe || S_ISCHR(status.st_mode);
        bool waits = canBlock && !TryReopenNonBlocking(descriptor);
        return waits ? Method.PollThenWrite : Method.Write;
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

    // Two processes may both end the same line, which gives an empty line. A line that is cut meanwhile is not missed.
    private bool TryMend()
    {
        long cut = _cut.Value;
        if (cut == _mended.Value)
        {
            return true;
        }

        if (WriteOnce("\n"u8) != 1)
        {
            return false;
        }

        SharedCounter mended = _mended;
        mended.Value = cut;
        return true;
    }

    private nint WriteOnce(ReadOnlySpan<byte> bytes)
    {
        if (_method == Method.PollThenWrite && !Poll.IsWritable(_descriptor))
        {
            return 0;
        }

        fixed (byte* start = bytes)
        {
            nint written;
            do
            {
                written = _method == Method.Send
                    ? Libc.send(_descriptor.Number, start, (nuint)bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL)
                    : Libc.write(_descriptor.Number, start, (nuint)bytes.Length);
            }
            while (written < 0 && Errno.Last.IsInterrupted);
            return written;
        }
    }
}
