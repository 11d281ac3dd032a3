using System.Threading;

namespace EchoNative.Posix;

/// <summary>
/// A number in memory that a process shares with the children it forks. It lasts until the process ends. All counters are on
/// one page, so that there is one mapping for a fork to copy. The first access of a child takes a page fault; adding 0 takes
/// none.
/// </summary>
public readonly unsafe struct SharedCounter
{
    private const int PageLength = 4096;

    private static MemoryMapping s_page;
    private static int s_used = PageLength;

    private readonly long* _value;

    private SharedCounter(long* value) => _value = value;

    /// <summary>The number. A change of another process is seen at once.</summary>
    public long Value
    {
        get => Volatile.Read(ref *_value);
        set => Volatile.Write(ref *_value, value);
    }

    /// <summary>Makes a counter with the value 0. Call in one thread only, and not in a child.</summary>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static SharedCounter Create()
    {
        if (s_used == PageLength)
        {
            s_page = MemoryMapping.Shared(PageLength);
            s_used = 0;
        }

        fixed (byte* start = s_page.Bytes[s_used..])
        {
            s_used += sizeof(long);
            return new SharedCounter((long*)start);
        }
    }

    /// <summary>Adds atomically. A number of 0 or less has no effect.</summary>
    public void Add(long count)
    {
        if (count > 0)
        {
            _ = Interlocked.Add(ref *_value, count);
        }
    }

    /// <summary>Returns what was added since the last call, and sets the counter to 0 atomically.</summary>
    public long Take() => Interlocked.Exchange(ref *_value, 0);
}
