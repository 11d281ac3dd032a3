using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The process that runs this code.</summary>
public static unsafe class CurrentProcess
{
    private const int ExpectedThreads = 2;
    private const uint FirstAfterStandardStreams = 3;

    /// <summary>The process id, asked of the kernel each time: a cached one would be the parent's after a fork.</summary>
    public static int Id => Libc.getpid();

    /// <summary>
    /// Ends a forked child at once, see _exit(2): neither exit handlers nor the runtime's own end run,
    /// since both belong to the parent.
    /// </summary>
    [DoesNotReturn]
    public static void Exit(int status)
    {
        Libc._exit(status);
        throw null!; // not reached: only the compiler asks for it
    }

    /// <summary>
    /// Asks the kernel to kill this child when its parent ends, however it ends; see prctl(2),
    /// PR_SET_PDEATHSIG.
    /// </summary>
    /// <param name="parentId">The parent's process id, taken before the fork.</param>
    /// <returns>Whether the parent is still there. If not, it ended before the request was made.</returns>
    public static bool TryEndWithParent(int parentId)
    {
        _ = Libc.prctl(Libc.PR_SET_PDEATHSIG, (nuint)(int)Signal.Kill, 0, 0, 0);
        return Libc.getppid() == parentId;
    }

    /// <summary>
    /// Closes what the process was started with beyond its standard streams, so that no child holds
    /// anything open that belongs to someone else; see close_range(2).
    /// </summary>
    /// <param name="kept">How many from 3 on stay open, since they were passed on purpose.</param>
    /// <param name="also">One more that stays open.</param>
    public static void CloseInheritedDescriptors(int kept = 0, FileDescriptor? also = null)
    {
        uint first = FirstAfterStandardStreams + (uint)kept;
        if (also is FileDescriptor other && other.Number >= first)
        {
            if (other.Number > first)
            {
                _ = Libc.close_range(first, (uint)other.Number - 1, flags: 0);
            }

            first = (uint)other.Number + 1;
        }

        _ = Libc.close_range(first, uint.MaxValue, flags: 0);
    }

    /// <summary>
    /// Whether this process may fork: fork(2) copies one thread, so no other may be at work in the
    /// runtime. That holds with the main thread and the parked finalizer thread only.
    /// </summary>
    /// <param name="obstacle">What is in the way, where there is something.</param>
    public static bool MayFork([NotNullWhen(false)] out string? obstacle)
    {
        obstacle = null;
        if (GCSettings.IsServerGC)
        {
            obstacle = "server garbage collection is on (DOTNET_gcServer)";
        }
        else if (GCSettings.LatencyMode != GCLatencyMode.Batch)
        {
            // Any other mode means that the collector was given a thread of its own at start.
            obstacle = "concurrent garbage collection is on (DOTNET_gcConcurrent)";
        }
        else if (CountThreads() is int threads and > ExpectedThreads)
        {
            obstacle = $"the process has {threads} threads in place of {ExpectedThreads}";
        }

        return obstacle is null;
    }

    // A directory has one link for its name, one for ".", and one for the ".." in each directory below
    // it: for /proc/self/task, one for each thread. Without /proc nothing is known, and 0 returned.
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
