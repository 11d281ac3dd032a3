using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// A pipe through which data goes from one descriptor to another without ever being copied into this
/// process: the kernel passes pages from the one to the other; see splice(2).
/// </summary>
/// <remarks>The two descriptors belong to whoever holds the value.</remarks>
/// <param name="ReadEnd">Where data comes out.</param>
/// <param name="WriteEnd">Where data goes in.</param>
public readonly record struct SplicePipe(FileDescriptor ReadEnd, FileDescriptor WriteEnd)
{
    /// <summary>How much the pipe is asked to hold, in bytes: what an unprivileged process is allowed.</summary>
    public const int Capacity = 1024 * 1024;

    /// <summary>The one command of fcntl(2) that <see cref="TryOpen"/> gives.</summary>
    public const int SetCapacityCommand = Libc.F_SETPIPE_SZ;

    /// <summary>Makes the pipe; see pipe(2).</summary>
    /// <param name="pipe">The pipe, which the caller owns.</param>
    /// <returns>Whether there is one: descriptors may be at an end.</returns>
    public static unsafe bool TryOpen(out SplicePipe pipe)
    {
        int* ends = stackalloc int[2];
        if (Libc.pipe2(ends, 0) != 0)
        {
            pipe = default;
            return false;
        }

        // A user may have only so much memory in pipes. Then this one stays at 64 KiB, and works.
        _ = Libc.fcntl(ends[1], Libc.F_SETPIPE_SZ, Capacity);
        pipe = new SplicePipe(new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
        return true;
    }

    /// <summary>Moves what there is into the pipe, which must be empty, waiting until there is something.</summary>
    /// <returns>How much the pipe now holds; none and no error is the end of file.</returns>
    public IoResult Fill(FileDescriptor source)
    {
        while (true)
        {
            nint count = Move(source, WriteEnd, Capacity);
            if (count >= 0)
            {
                return new IoResult((int)count, Errno.None);
            }

            Errno error = Errno.Last;
            if (!error.IsInterrupted)
            {
                return new IoResult(0, error);
            }
        }
    }

    /// <summary>Moves so much out of the pipe, waiting for room.</summary>
    /// <returns>The bytes moved, which are fewer than asked for only where there is an error.</returns>
    public IoResult Drain(FileDescriptor destination, int count)
    {
        int moved = 0;
        while (moved < count)
        {
            nint step = Move(ReadEnd, destination, count - moved);
            if (step > 0)
            {
                moved += (int)step;
                continue;
            }

            Errno error = step == 0 ? new Errno(EPIPE) : Errno.Last;
            if (!error.IsInterrupted)
            {
                return new IoResult(moved, error);
            }
        }

        return new IoResult(moved, Errno.None);
    }

    /// <summary>Closes both ends.</summary>
    public void Close()
    {
        ReadEnd.Close();
        WriteEnd.Close();
    }

    private static unsafe nint Move(FileDescriptor from, FileDescriptor to, int count) =>
        Libc.splice(from.Number, null, to.Number, null, (nuint)count, 0);
}
