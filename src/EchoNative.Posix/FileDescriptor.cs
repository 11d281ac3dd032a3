using System;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// An open file descriptor of this process. It is a plain number on purpose: after fork(2) two
/// processes hold the same number, each must close its own, and no finalizer may do that for them.
/// Whoever holds the value owns the descriptor and closes it once.
/// </summary>
/// <param name="Number">The number; 0, 1 and 2 are the standard streams.</param>
public readonly record struct FileDescriptor(int Number)
{
    /// <summary>Whether a person may be looking at it; see isatty(3).</summary>
    public bool IsTerminal => isatty(Number) == 1;

    /// <summary>Whether a write(2) would take at least something at once; see poll(2), POLLOUT.</summary>
    public bool IsWritable => Poll.IsWritable(this);

    /// <summary>Whether there is such a descriptor; see fcntl(2), F_GETFD.</summary>
    public bool IsOpen => Libc.fcntl(Number, Libc.F_GETFD, 0) >= 0;

    /// <summary>
    /// Reads what is there, waiting until something is. EINTR is retried; a descriptor that somebody
    /// else has made non-blocking is waited for. See read(2).
    /// </summary>
    public unsafe IoResult Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Libc.read(Number, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return new IoResult((int)count, Errno.None);
                }

                Errno error = Errno.Last;
                if (error.IsWouldBlock)
                {
                    Poll.WaitUntilReady(this, POLLIN);
                }
                else if (!error.IsInterrupted)
                {
                    return new IoResult(0, error);
                }
            }
        }
    }

    /// <summary>
    /// Reads what is there now. The descriptor must be non-blocking; EINTR is retried. See read(2).
    /// </summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="result">What came, where there is something: bytes, the end of file, or an error.</param>
    /// <returns>Whether there was anything; if not, one would have to wait.</returns>
    public unsafe bool TryRead(Span<byte> buffer, out IoResult result)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = Libc.read(Number, start, (nuint)buffer.Length);
            }
            while (count < 0 && Errno.Last.IsInterrupted);
            return TryTell(count, out result);
        }
    }

    /// <summary>
    /// Writes as much as is taken now. The descriptor must be non-blocking; EINTR is retried. See write(2).
    /// </summary>
    /// <param name="bytes">What to write, not empty.</param>
    /// <param name="result">What was taken, which may be less than given, or the error.</param>
    /// <returns>Whether anything was; if not, one would have to wait.</returns>
    public unsafe bool TryWrite(ReadOnlySpan<byte> bytes, out IoResult result)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = Libc.write(Number, start, (nuint)bytes.Length);
            }
            while (count < 0 && Errno.Last.IsInterrupted);
            return TryTell(count, out result);
        }
    }

    /// <summary>
    /// Writes all of it. write(2) may take less than it is given: the rest is written by further calls.
    /// EINTR is retried; a descriptor that somebody else has made non-blocking is waited for.
    /// </summary>
    /// <returns>The bytes written, which are fewer than given only where there is an error.</returns>
    public unsafe IoResult WriteAll(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length)
            {
                nint count = Libc.write(Number, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                Errno error = Errno.Last;
                if (error.IsWouldBlock)
                {
                    Poll.WaitUntilReady(this, POLLOUT);
                }
                else if (!error.IsInterrupted)
                {
                    return new IoResult(written, error);
                }
            }
        }

        return new IoResult(written, Errno.None);
    }

    /// <summary>Whether both lead to the same file, pipe or socket; see fstat(2).</summary>
    public unsafe bool IsSameFileAs(FileDescriptor other)
    {
        Tmds.Linux.stat mine;
        Tmds.Linux.stat others;
        return Libc.fstat(Number, &mine) == 0 && Libc.fstat(other.Number, &others) == 0
            && (ulong)mine.st_dev == (ulong)others.st_dev && (ulong)mine.st_ino == (ulong)others.st_ino;
    }

    /// <summary>
    /// Closes it. The descriptor is gone afterwards whatever close(2) answers: after EINTR too, on
    /// Linux, so that a retry could close another that was just opened under the same number.
    /// </summary>
    public void Close() => _ = Libc.close(Number);

    /// <summary>
    /// Has its calls wait again; see fcntl(2), O_NONBLOCK. The flag belongs to the open file, so this is only for one
    /// that no other process has.
    /// </summary>
    internal void LetWait() => _ = Libc.fcntl(Number, F_SETFL, Libc.fcntl(Number, F_GETFL, 0) & ~O_NONBLOCK);

    /// <summary>
    /// Gives it the first free number from <paramref name="lowest"/> on; see fcntl(2), F_DUPFD. This value is closed
    /// then. Where the process may have no number so high, it keeps its own.
    /// </summary>
    internal FileDescriptor MoveUp(int lowest)
    {
        int moved = Libc.fcntl(Number, Libc.F_DUPFD, lowest);
        if (moved < 0)
        {
            return this;
        }

        Close();
        return new FileDescriptor(moved);
    }

    private static bool TryTell(nint count, out IoResult result)
    {
        Errno error = count < 0 ? Errno.Last : Errno.None;
        result = new IoResult((int)Math.Max(count, 0), error);
        return !error.IsWouldBlock;
    }
}
