using System;
using System.Collections.Generic;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>
/// Memory from mmap(2), outside the garbage collector's heap, so a forked child may use it. Pages that were never written
/// to cost a fork nothing. It lasts until <see cref="Free"/> or the end of the process.
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

    /// <summary>All mappings that a child gets.</summary>
    internal static IReadOnlyList<MemoryRange> All => s_all;

    /// <summary>The memory, zero at first.</summary>
    public Span<byte> Bytes => new(_start, _length);

    /// <summary>Its addresses.</summary>
    internal MemoryRange Range => new((nuint)_start, (nuint)_start + (nuint)_length);

    /// <summary>Memory of which each process has its own copy after a fork.</summary>
    /// <param name="length">Bytes.</param>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static MemoryMapping Private(int length) => Keep(new(length, LibC.MAP_PRIVATE));

    /// <summary>Memory that a process shares with the children it forks.</summary>
    /// <param name="length">Bytes.</param>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static MemoryMapping Shared(int length) => Keep(new(length, LibC.MAP_SHARED));

    /// <summary>
    /// Memory of this process only: no child gets it, unless madvise(2) with MADV_DONTFORK fails. Pages that were never
    /// written to take no memory.
    /// </summary>
    /// <param name="length">Bytes.</param>
    /// <param name="isKept">Whether madvise(2) has succeeded.</param>
    /// <exception cref="PosixException">mmap(2) failed.</exception>
    public static MemoryMapping ParentOnly(int length, out bool isKept)
    {
        MemoryMapping mapping = new(length, LibC.MAP_PRIVATE);
        isKept = LibC.madvise(mapping._start, length, LibC.MADV_DONTFORK) == 0;
        return mapping;
    }

    /// <summary>Unmaps the memory; see munmap(2). An access to it afterwards ends the process by SIGSEGV.</summary>
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
