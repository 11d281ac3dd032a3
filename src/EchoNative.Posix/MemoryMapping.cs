using System;
using System.Collections.Generic;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>
/// Memory from mmap(2), outside the garbage collector's heap: a child may use it, and as long as nobody
/// has touched it, it costs a fork nothing. It lasts until it is freed, or as long as the process.
/// </summary>
public readonly unsafe struct MemoryMapping
{
    private static readonly List<MemoryRange> s_all = [];

    private readonly byte* _start;
    private readonly int _length;

    private MemoryMapping(int length, int flags)
    {
        void* start = LibC.mmap(null, length, LibC.PROT_READ | LibC.PROT_WRITE, flags | LibC.MAP_ANONYMOUS, -1, 0);
        if (start == LibC.MAP_FAILED)
        {
            throw new PosixException("mmap", Errno.Last, $"{length} bytes");
        }

        _start = (byte*)start;
        _length = length;
    }

    /// <summary>All there are: what a child may use.</summary>
    internal static IReadOnlyList<MemoryRange> All => s_all;

    /// <summary>The memory.</summary>
    public Span<byte> Bytes => new(_start, _length);

    /// <summary>Where it lies.</summary>
    internal MemoryRange Range => new((nuint)_start, (nuint)_start + (nuint)_length);

    /// <summary>Memory of which each process has its own copy after a fork.</summary>
    /// <param name="length">Bytes.</param>
    public static MemoryMapping Private(int length) => Keep(new(length, LibC.MAP_PRIVATE));

    /// <summary>Memory that a process and the children it forks have in common.</summary>
    /// <param name="length">Bytes.</param>
    public static MemoryMapping Shared(int length) => Keep(new(length, LibC.MAP_SHARED));

    /// <summary>
    /// Memory that only this process has a use for: no child gets it, unless the kernel refuses to see to that; see
    /// madvise(2), MADV_DONTFORK. What is not used of it is not there.
    /// </summary>
    /// <param name="length">Bytes.</param>
    /// <param name="isKept">Whether it is kept from children.</param>
    public static MemoryMapping ParentOnly(int length, out bool isKept)
    {
        MemoryMapping mapping = new(length, LibC.MAP_PRIVATE);
        isKept = LibC.madvise(mapping._start, length, LibC.MADV_DONTFORK) == 0;
        return mapping;
    }

    /// <summary>Gives the memory back. Nobody may use it any more.</summary>
    public void Free()
    {
        _ = s_all.Remove(Range);
        _ = LibC.munmap(_start, _length);
    }

    private static MemoryMapping Keep(MemoryMapping mapping)
    {
        s_all.Add(mapping.Range);
        return mapping;
    }
}
