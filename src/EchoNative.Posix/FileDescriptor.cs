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

    /// <summary>Whether the file was opened for reading; see fcntl(2), F_GETFL.</summary>
    public bool IsOpenForReading => AccessMode is int mode && mode != O_WRONLY;

    /// <summary>Whether the file was opened for writing; see fcntl(2), F_GETFL.</summary>
    public bool IsOpenForWriting => AccessMode is int mode && mode != O_RDONLY;

    // Null if the descriptor is closed, or opened with O_PATH.
    private int? AccessMode
    {
        get
        {
            int flags = Libc.fcntl(Number, Libc.F_GETFL, 0);
            return flags < 0 || (flags & O_PATH) != 0 ? null : flags & O_ACCMODE;
        }
    }

    /// <summary>
    /// Reads up to the length of the buffer, and waits until there is something; see read(2). EINTR is retried. If the
    /// descriptor is non-blocking because another process has set it so, this waits by ppoll(2).
    /// </summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="idleMilliseconds">
    /// After how long without a byte this fails with EAGAIN; <see cref="Poll.Forever"/> for never. The descriptor must be
    /// non-blocking, or a socket with a timeout of its own.
    /// </param>
    public IoResult Read(Span<byte> buffer, int idleMilliseconds = Poll.Forever)
    {
        IdleLimit limit = new(idleMilliseconds);
        IoResult result = ReadOnce(buffer);
        while (result.Error.IsTemporary)
        {
            if (!limit.TryWait(this, POLLIN, result.Error, out Errno ending))
            {
                return new IoResult(0, ending);
            }

            result = ReadOnce(buffer);
        }

        return result;
    }

    /// <summary>
    /// Waits until there is something to read, or the other side has ended; see ppoll(2). Without a limit it returns at once.
    /// </summary>
    /// <param name="idleMilliseconds">The longest wait; <see cref="Poll.Forever"/> for no limit.</param>
    /// <returns>False when the time is over.</returns>
    public bool WaitReadable(int idleMilliseconds) =>
        idleMilliseconds == Poll.Forever || new IdleLimit(idleMilliseconds).Wait(this, POLLIN);

    /// <summary>Waits until a write takes at least one byte; see ppoll(2).</summary>
    /// <param name="idleMilliseconds">The longest wait.</param>
    /// <returns>False when the time is over.</returns>
    public bool WaitWritable(int idleMilliseconds) => new IdleLimit(idleMilliseconds).Wait(this, POLLOUT);

    /// <summary>Calls read(2), and does not wait for EAGAIN to pass. EINTR is retried.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="result">The bytes, the end of file, or the error; EAGAIN is an error here, too.</param>
    /// <returns>False for EAGAIN.</returns>
    public bool TryRead(Span<byte> buffer, out IoResult result)
    {
        do
        {
            result = ReadOnce(buffer);
        }
        while (result.Error.IsInterrupted);
        return !result.Error.IsWouldBlock;
    }

    /// <summary>Calls write(2), and does not wait for EAGAIN to pass. EINTR is retried.</summary>
    /// <param name="bytes">What to write, not empty.</param>
    /// <param name="result">How much was written, which may be less than given, or the error, EAGAIN included.</param>
    /// <returns>False for EAGAIN.</returns>
    public bool TryWrite(ReadOnlySpan<byte> bytes, out IoResult result)
    {
        do
        {
            result = WriteOnce(bytes);
        }
        while (result.Error.IsInterrupted);
        return !result.Error.IsWouldBlock;
    }

    /// <summary>
    /// Writes all bytes. write(2) may take fewer than it is given; the rest is written by further calls. EINTR is
    /// retried. If the descriptor is non-blocking because another process has set it so, this waits by ppoll(2).
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="idleMilliseconds">
    /// After how long without a byte written this fails with EAGAIN; <see cref="Poll.Forever"/> for never. The descriptor
    /// must be non-blocking, or a socket with a timeout of its own that is much shorter.
    /// </param>
    /// <returns>The bytes written; fewer than given only if there is an error.</returns>
    public IoResult WriteAll(ReadOnlySpan<byte> bytes, int idleMilliseconds = Poll.Forever)
    {
        IdleLimit limit = new(idleMilliseconds);
        int written = 0;
        while (written < bytes.Length)
        {
            IoResult result = WriteOnce(bytes[written..]);
            if (!result.Failed)
            {
                written += result.Count;
                limit.Restart();
            }
            else if (!result.Error.IsTemporary)
            {
                return new IoResult(written, result.Error);
            }
            else if (!limit.TryWait(this, POLLOUT, result.Error, out Errno ending))
            {
                return new IoResult(written, ending);
            }
        }

        return new IoResult(written, Errno.None);
    }

    /// <summary>Whether both descriptors are for the same file, pipe or socket; see fstat(2).</summary>
    public unsafe bool IsSameFileAs(FileDescriptor other)
    {
        Tmds.Linux.stat others;
        return Libc.fstat(other.Number, &others) == 0 && IsFile(others);
    }

    /// <summary>
    /// Closes the descriptor. It is closed whatever close(2) returns. On Linux that is true of EINTR, too: a retry could
    /// close another descriptor that has just got the same number.
    /// </summary>
    public void Close() => _ = Libc.close(Number);

    /// <summary>Whether the descriptor is for this file; see fstat(2).</summary>
    internal unsafe bool IsFile(in Tmds.Linux.stat file)
    {
        Tmds.Linux.stat own;
        return Libc.fstat(Number, &own) == 0
            && (ulong)own.st_dev == (ulong)file.st_dev && (ulong)own.st_ino == (ulong)file.st_ino;
    }

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

    private static IoResult ResultOf(nint count) =>
        count < 0 ? new IoResult(0, Errno.Last) : new IoResult((int)count, Errno.None);

    private unsafe IoResult ReadOnce(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return ResultOf(Libc.read(Number, start, (nuint)buffer.Length));
        }
    }

    private unsafe IoResult WriteOnce(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return ResultOf(Libc.write(Number, start, (nuint)bytes.Length));
        }
    }

    /// <summary>How long a call may be repeated that moves no byte. Without a limit it reads no clock.</summary>
    /// <param name="milliseconds">The limit, or <see cref="Poll.Forever"/>.</param>
    private struct IdleLimit(int milliseconds)
    {
        private long _end = EndAfter(milliseconds);

        private readonly long Left => _end - MonotonicClock.Milliseconds;

        /// <summary>Call when bytes have moved.</summary>
        public void Restart() => _end = EndAfter(milliseconds);

        /// <summary>After EAGAIN, or after EINTR with a limit, waits until the call is to be repeated.</summary>
        /// <param name="descriptor">The descriptor.</param>
        /// <param name="events">The event of poll(2) that the call needs.</param>
        /// <param name="error">The error of the call.</param>
        /// <param name="ending">Why it is not to be repeated: EAGAIN when the time is over, or the error of ppoll(2).</param>
        public readonly bool TryWait(FileDescriptor descriptor, int events, Errno error, out Errno ending)
        {
            Errno failure = Errno.None;
            bool goesOn = true;
            if (milliseconds == Poll.Forever)
            {
                if (error.IsWouldBlock)
                {
                    _ = Poll.Wait(descriptor, events, Poll.Forever, out failure);
                }
            }
            else if (events == POLLOUT)
            {
                // A socket takes bytes before ppoll(2) calls it writable, so a write is tried now and then.
                long left = Left;
                int step = Math.Max(milliseconds / SocketOption.PartsOfIdleTime, 1);
                goesOn = left > 0;
                _ = goesOn ? Poll.Wait(descriptor, events, (int)Math.Min(left, step), out failure) : default;
            }
            else
            {
                // A blocking call after EINTR would wait for the socket's whole timeout again.
                goesOn = WaitUntilReady(descriptor, events, out failure) || failure.IsError;
            }

            // A call that does not block would be repeated again and again.
            bool spins = failure.IsError && error.IsWouldBlock;
            ending = spins ? failure : Errno.WouldBlock;
            return goesOn && !spins;
        }

        /// <summary>
        /// Waits until the descriptor is ready. Call only with a limit. Where ppoll(2) can't wait, the caller's read or write has
        /// to.
        /// </summary>
        /// <returns>False when the time is over.</returns>
        public readonly bool Wait(FileDescriptor descriptor, int events) =>
            WaitUntilReady(descriptor, events, out Errno failure) || failure.IsError;

        private static long EndAfter(int milliseconds) =>
            milliseconds == Poll.Forever ? 0 : MonotonicClock.Milliseconds + milliseconds;

        private readonly bool WaitUntilReady(FileDescriptor descriptor, int events, out Errno failure)
        {
            failure = Errno.None;
            for (long left = Left; left > 0 && !failure.IsError; left = Left)
            {
                if (Poll.Wait(descriptor, events, (int)left, out failure) == PollOutcome.Ready)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
