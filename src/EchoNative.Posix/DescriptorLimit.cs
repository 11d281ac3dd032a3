namespace EchoNative.Posix;

/// <summary>How many descriptors this process may have open; see getrlimit(2), RLIMIT_NOFILE.</summary>
public static unsafe class DescriptorLimit
{
    /// <summary>Raises the soft limit to the hard one, which needs no privilege.</summary>
    /// <returns>The limit that is now in force: descriptors are numbered below it.</returns>
    /// <exception cref="PosixException">The limit could not be asked for.</exception>
    public static long Extend()
    {
        Libc.rlimit limit;
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
        {
            throw new PosixException("getrlimit", Errno.Last, "descriptors");
        }

        Libc.rlimit raised = new() { rlim_cur = limit.rlim_max, rlim_max = limit.rlim_max };
        ulong inForce = Libc.setrlimit(Libc.RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;

        // No limit is told as the highest number there is.
        return inForce > long.MaxValue ? long.MaxValue : (long)inForce;
    }
}
