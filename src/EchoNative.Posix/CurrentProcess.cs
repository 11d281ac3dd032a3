using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The process that runs this code.</summary>
public static unsafe class CurrentProcess
{
    private const int ExpectedThreads = 2;

    /// <summary>The process id, read from the kernel each time: a cached one would be the parent's after a fork.</summary>
    public static int Id => Libc.getpid();

    /// <summary>
    /// Ends a forked child at once; see _exit(2). Neither exit handlers nor the runtime's shutdown run, because both
    /// belong to the parent.
    /// </summary>
    [DoesNotReturn]
    public static void Exit(int status)
    {
        Libc._exit(status);
        throw null!; // not reached; the compiler requires it
    }

    /// <summary>
    /// Asks the kernel to kill this child when its parent ends, for whatever reason; see prctl(2), PR_SET_PDEATHSIG.
    /// </summary>
    /// <param name="parentId">The parent's process id, taken before the fork.</param>
    /// <returns>Whether the parent still runs. If not, it ended before this call, and no signal will come.</returns>
    public static bool TrySetParentDeathSignal(int parentId)
    {
        _ = Libc.prctl(Libc.PR_SET_PDEATHSIG, (nuint)(int)Signal.Kill, 0, 0, 0);
        return Libc.getppid() == parentId;
    }

    /// <summary>The soft limit of open descriptors: their numbers are below it; see getrlimit(2), RLIMIT_NOFILE.</summary>
    /// <exception cref="PosixException">The limit could not be read.</exception>
    public static long DescriptorLimit
    {
        get
        {
            Libc.rlimit limit;
            PosixException.ThrowIfFailed(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "getrlimit", "descriptors");
            return Clamp(limit.rlim_cur);
        }
    }

    /// <summary>
    /// Raises the soft limit of open descriptors to the hard limit, which needs no privilege; see getrlimit(2),
    /// RLIMIT_NOFILE.
    /// </summary>
    /// <returns>The soft limit afterwards. Descriptor numbers are below it.</returns>
    /// <exception cref="PosixException">The limit could not be read.</exception>
    public static long IncreaseDescriptorLimit()
    {
        Libc.rlimit limit;
        PosixException.ThrowIfFailed(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "getrlimit", "descriptors");
        Libc.rlimit raised = new() { rlim_cur = limit.rlim_max, rlim_max = limit.rlim_max };
        return Clamp(Libc.setrlimit(Libc.RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur);
    }

    /// <summary>
    /// Whether this process may fork. fork(2) copies only the calling thread, so no other thread may be active in the
    /// runtime: only the main thread and the sleeping finalizer thread may exist.
    /// </summary>
    /// <param name="obstacle">Why it may not, as a message for the user.</param>
    public static bool MayFork([NotNullWhen(false)] out string? obstacle)
    {
        obstacle = null;
        if (GCSettings.IsServerGC)
        {
            obstacle = "server garbage collection is on (DOTNET_gcServer)";
        }
        else if (GCSettings.LatencyMode != GCLatencyMode.Batch)
        {
            // In any other mode the collector has a thread of its own from the start.
            obstacle = "concurrent garbage collection is on (DOTNET_gcConcurrent)";
        }
        else if (CountThreads() is int threads and > ExpectedThreads)
        {
            obstacle = $"the process has {threads} threads in place of {ExpectedThreads}";
        }

        return obstacle is null;
    }

    // RLIM_INFINITY, no limit, is the highest number of 64 bits.
    private static long Clamp(ulong limit) => (long)Math.Min(limit, long.MaxValue);

    // A directory's link count is 2 (its name and ".") plus one for the ".." of each subdirectory. /proc/self/task has a
    // subdirectory for each thread. Returns 0 if /proc can't be read.
    private static int CountThreads()
    {
        const int OwnLinks = 2;
        stat status;
        fixed (byte* path = "/proc/self/task\0"u8)
        {
            return Libc.stat(path, &status) == 0 ? (int)(ulong)status.st_nlink - OwnLinks : 0;
        }
    }
}
