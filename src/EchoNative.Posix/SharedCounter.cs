using System.Runtime.InteropServices;
using System.Threading;

namespace EchoNative.Posix;

/// <summary>
/// A number that forked children add to and their parent takes, on a page of memory that they have in common. It lasts as
/// long as the process; a child that adds nothing does not touch it.
/// </summary>
public readonly struct SharedCounter
{
    private readonly MemoryMapping _page;

    private SharedCounter(MemoryMapping page) => _page = page;

    private ref long Value => ref MemoryMarshal.AsRef<long>(_page.Bytes);

    /// <summary>Makes one that is zero.</summary>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static SharedCounter Create() => new(MemoryMapping.Shared(sizeof(long)));

    /// <summary>Adds to it in one step, whoever else does so at the same time.</summary>
    public void Add(long count)
    {
        if (count > 0)
        {
            _ = Interlocked.Add(ref Value, count);
        }
    }

    /// <summary>What was added since it was last taken.</summary>
    public long Take() => Interlocked.Exchange(ref Value, 0);
}
