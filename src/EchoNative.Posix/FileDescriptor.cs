using System;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>The result of a read or a write.</summary>
/// <param name="Count">
/// The bytes moved. A read of 0 bytes without an error is the end of file. A write with an error may have written some
/// bytes before it.
/// </param>
/// <param name="Error">Why the call failed, or <see cref="Errno.None"/>.</param>
public readonly record struct IoResult(int Count, Errno Error)
{
    /// <summary>Whether the call failed.</summary>
    public bool Failed => Error.IsError;

    /// <summary>For a read: whether the other side has ended, so that no byte will follow.</summary>
    public bool IsEndOfFile => Count == 0 && !Failed;
}

/// <summary>
/// An open file descriptor of this process. It is a plain number on purpose: after fork(2) two processes have the same
/// number, each must close its own, and no finalizer may do that. The holder of the value owns the descriptor and closes
/// it once.
/// </summary>
/// <param name="Number">The number; 0, 1 and 2 are the standard streams.</param>
public readonly record struct FileDescriptor(int Number)
{
    /// <summary>Whether it is a terminal; see isatty(3).</summary>
    public bool IsTerminal => isatty(Number) == 1;

    /// <summary>Whether a write(2) would take at least one byte now; see poll(2), POLLOUT.</summary>
    public bool IsWritable => Poll.IsWritable(this);

    /// <summary>Whether the descriptor is open; see fcntl(2), F_GETFD.</summary>
    public bool IsOpen => Libc.fcntl(Number, Libc.F_GETFD, 0) >= 0;

    /// <summary>
    /// Reads up to the length of the buffer, and waits until there is something; see read(2). EINTR is retried. If the
    /// descriptor is non-blocking because another process has set it so, this waits by poll(2).
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

    /// <summary>Calls read(2) once, and does not wait for EAGAIN to pass. EINTR is retried.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="result">The bytes, the end of file, or the error; EAGAIN is an error here, too.</param>
    /// <returns>False for EAGAIN.</returns>
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
            return TryGetResult(count, out result);
        }
    }

    /// <summary>Calls write(2) once, and does not wait for EAGAIN to pass. EINTR is retried.</summary>
    /// <param name="bytes">What to write, not empty.</param>
    /// <param name="result">How much was written, which may be less than given, or the error, EAGAIN included.</param>
    /// <returns>False for EAGAIN.</returns>
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
            return TryGetResult(count, out result);
        }
    }

    /// <summary>
    /// Writes all bytes. write(2) may take fewer than it is given; the rest is written by further calls. EINTR is
    /// retried. If the descriptor is non-blocking because another process has set it so, this waits by poll(2).
    /// </summary>
    /// <returns>The bytes written; fewer than given only if there is an error.</returns>
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

    /// <summary>Whether both descriptors are for the same file, pipe or socket; see fstat(2).</summary>
    public unsafe bool IsSameFileAs(FileDescriptor other)
    {
        Tmds.Linux.stat mine;
        Tmds.Linux.stat others;
        return Libc.fstat(Number, &mine) == 0 && Libc.fstat(other.Number, &others) == 0
            && (ulong)mine.st_dev == (ulong)others.st_dev && (ulong)mine.st_ino == (ulong)others.st_ino;
    }

    /// <summary>
    /// Closes the descriptor. It is closed whatever close(2) returns. On Linux that is true of EINTR, too: a retry could
    /// close another descriptor that has just got the same number.
    /// </summary>
    public void Close() => _ = Libc.close(Number);

    /// <summary>
    /// Clears O_NONBLOCK; see fcntl(2). The flag belongs to the open file, so use this only for a file that no other
    /// process has open.
    /// </summary>
    internal void SetBlocking() => _ = Libc.fcntl(Number, F_SETFL, Libc.fcntl(Number, F_GETFL, 0) & ~O_NONBLOCK);

    /// <summary>
    /// Moves the descriptor to the first free number from <paramref name="lowest"/> on; see fcntl(2), F_DUPFD. The old
    /// number is closed. If the process's limit forbids so high a number, the descriptor stays as it is.
    /// </summary>
    internal FileDescriptor MoveToAtLeast(int lowest)
    {
        int moved = Libc.fcntl(Number, Libc.F_DUPFD, lowest);
        if (moved < 0)
        {
            return this;
        }

        Close();
        return new FileDescriptor(moved);
    }

    private static bool TryGetResult(nint count, out IoResult result)
    {
        Errno error = count < 0 ? Errno.Last : Errno.None;
        result = new IoResult((int)Math.Max(count, 0), error);
        return !error.IsWouldBlock;
    }
}
