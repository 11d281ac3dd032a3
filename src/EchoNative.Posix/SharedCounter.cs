using System.Runtime.InteropServices;
using System.Threading;

namespace EchoNative.Posix;

/// <summary>
/// A number to which forked children add and which their parent reads, on a page of memory that they share. It lasts until
/// the process ends. A child that adds 0 takes no page fault for it.
/// </summary>
public readonly struct SharedCounter
{
    private readonly MemoryMapping _page;

    private SharedCounter(MemoryMapping page) => _page = page;

    private ref long Value => ref MemoryMarshal.AsRef<long>(_page.Bytes);

    /// <summary>Makes a counter with the value 0.</summary>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static SharedCounter Create() => new(MemoryMapping.Shared(sizeof(long)));

    /// <summary>Adds atomically. A number of 0 or less has no effect.</summary>
    public void Add(long count)
    {
        if (count > 0)
        {
            _ = Interlocked.Add(ref Value, count);
        }
    }

    /// <summary>Returns what was added since the last call, and sets the counter to 0 atomically.</summary>
    public long Take() => Interlocked.Exchange(ref Value, 0);
}
