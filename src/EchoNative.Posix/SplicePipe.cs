namespace EchoNative.Posix;

/// <summary>
/// A pipe that moves data from one descriptor to another without copying it into this process: the kernel moves pages;
/// see splice(2). The holder of the value owns both descriptors.
/// </summary>
/// <param name="ReadEnd">The end that <see cref="Drain"/> reads.</param>
/// <param name="WriteEnd">The end that <see cref="Fill"/> writes.</param>
public readonly record struct SplicePipe(FileDescriptor ReadEnd, FileDescriptor WriteEnd)
{
    /// <summary>The wanted capacity in bytes: the most that an unprivileged process may ask for.</summary>
    public const int Capacity = 1024 * 1024;

    /// <summary>F_SETPIPE_SZ, the only fcntl(2) command that <see cref="TryOpen"/> uses.</summary>
    public const int SetCapacityCommand = Libc.F_SETPIPE_SZ;

    /// <summary>Makes the pipe; see pipe(2).</summary>
    /// <param name="pipe">The pipe, which the caller owns.</param>
    /// <returns>Whether the pipe was made. It fails if the limit of descriptors is reached.</returns>
    public static unsafe bool TryOpen(out SplicePipe pipe)
    {
        int* ends = stackalloc int[2];
        if (Libc.pipe2(ends, 0) != 0)
        {
            pipe = default;
            return false;
        }

        // It fails if the user's limit of memory in pipes is reached: see pipe(7). The pipe then keeps its 64 KiB, or the two
        // pages that the kernel gives beyond the limit, and works.
        _ = Libc.fcntl(ends[1], Libc.F_SETPIPE_SZ, Capacity);
        pipe = new SplicePipe(new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
        return true;
    }

    /// <summary>
    /// Moves data into the pipe, which must be empty, and waits until there is some. EINTR is retried.
    /// </summary>
    /// <returns>
    /// The bytes in the pipe. 0 without an error may be the end of file, and is also what splice(2) returns at urgent data;
    /// see tcp(7): read(2) knows which it is.
    /// </returns>
    public IoResult Fill(FileDescriptor source) => Repeat(source, WriteEnd, Capacity);

    /// <summary>
    /// Moves <paramref name="count"/> bytes out of the pipe, and waits for room. EINTR is retried.
    /// </summary>
    /// <returns>
    /// The bytes moved. Where they are fewer than asked for, the rest is still in the pipe, and the caller can read it
    /// there.
    /// </returns>
    public IoResult Drain(FileDescriptor destination, int count)
    {
        int moved = 0;
        while (moved < count)
        {
            IoResult step = Repeat(ReadEnd, destination, count - moved);
            if (step.Count == 0)
            {
                return new IoResult(moved, step.Error);
            }

            moved += step.Count;
        }

        return new IoResult(moved, Errno.None);
    }

    /// <summary>Closes both ends.</summary>
    public void Close()
    {
        ReadEnd.Close();
        WriteEnd.Close();
    }

    private static unsafe IoResult Repeat(FileDescriptor from, FileDescriptor to, int count)
    {
        while (true)
        {
            nint moved = Libc.splice(from.Number, null, to.Number, null, (nuint)count, 0);
            if (moved >= 0)
            {
                return new IoResult((int)moved, Errno.None);
            }

            Errno error = Errno.Last;
            if (!error.IsInterrupted)
            {
                return new IoResult(0, error);
            }
        }
    }
}
