using System;
using System.Collections.Generic;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// The memory that a forked child does not use: the garbage collector's heap and its tables, the stacks of other threads,
/// their malloc(3) arenas, and the runtime's type data.
/// </summary>
public static unsafe class ParentMemory
{
    /// <summary>
    /// Leaves this memory out of all children forked from now on; see madvise(2), MADV_DONTFORK. That makes forks
    /// cheaper: a fork copies the description of each area and its page tables, and afterwards the parent's first write
    /// to each page that it shares with a child is a page fault.
    /// </summary>
    /// <remarks>
    /// A child still has the program with its static variables, the main thread's stack, the main thread's thread-local
    /// variables, and every <see cref="MemoryMapping"/> except those of the parent only. It must be forked by
    /// <see cref="ChildProcess.Fork"/>, which reads no other thread's stack. If it uses an object or type data, it ends
    /// by SIGSEGV. If /proc can't be read, forks are slower, with no other effect.
    /// </remarks>
    public static void MarkDontFork()
    {
        nuint pageSize = (nuint)Environment.SystemPageSize;
        List<MemoryRange> needed = [ProgramImage.Range.Outward(pageSize), ThreadLocals(pageSize)];
        foreach (MemoryRange mapping in MemoryMapping.All)
        {
            needed.Add(mapping.Outward(pageSize));
        }

        foreach (MemoryRange stretch in FindStretches(MemoryArea.ReadAll(), pageSize))
        {
            List<MemoryRange> pieces = stretch.Without(needed);
            pieces.ForEach(Join);
            pieces.ForEach(LeaveOut);
        }

        // The type data, which the runtime writes to .hydrated at start, from a shorter form in the file. The linker puts
        // that section last (child-code.ld), so the rest of its last page can be left out, too.
        MemoryRange typeData = ProgramImage.FindSection(".hydrated"u8).Inward(pageSize);
        LeaveOut(ExtendToEnd(typeData, ProgramImage.Range.Outward(pageSize), pageSize));
    }

    /// <summary>
    /// The anonymous memory, in ranges that are as long as possible. Guard pages of stacks and executable memory are not
    /// in them.
    /// </summary>
    internal static List<MemoryRange> FindStretches(List<MemoryArea> areas, nuint pageSize)
    {
        List<MemoryRange> stretches = [];
        for (int index = 0; index < areas.Count; index++)
        {
            MemoryArea area = areas[index];
            if (!area.IsAnonymous || area.Protection == MemoryProtection.Other || IsGuard(areas, index, pageSize))
            {
                continue;
            }

            if (stretches.Count > 0 && stretches[^1].End == area.Range.Start)
            {
                stretches[^1] = stretches[^1] with { End = area.Range.End };
            }
            else
            {
                stretches.Add(area.Range);
            }
        }

        return stretches;
    }

    // A guard page is a single page without access, right below the stack it protects.
    private static bool IsGuard(List<MemoryArea> areas, int index, nuint pageSize)
    {
        MemoryArea area = areas[index];
        return area.Protection == MemoryProtection.Reserved
            && area.Range.End - area.Range.Start <= pageSize
            && index + 1 < areas.Count
            && areas[index + 1] is { IsAnonymous: true, Protection: MemoryProtection.Writable } above
            && above.Range.Start == area.Range.End;
    }

    // The C library's thread-local variables are around errno. Mostly they are in the [heap], which has a name anyway.
    private static MemoryRange ThreadLocals(nuint pageSize)
    {
        nuint errno = (nuint)Libc.__errno_location();
        return new MemoryRange(errno - pageSize, errno + pageSize).Outward(pageSize);
    }

    // In the collector's memory, areas in use and reserved ones alternate. Each area costs every fork a little, even if it
    // is left out. The kernel merges neighbours with equal rights and flags into one area, so this makes them equal.
    private static void Join(MemoryRange range)
    {
        size_t length = (size_t)(range.End - range.Start);
        _ = madvise((void*)range.Start, length, MADV_DODUMP);
        _ = mprotect((void*)range.Start, length, PROT_READ | PROT_WRITE);
    }

    private static MemoryRange ExtendToEnd(MemoryRange range, MemoryRange whole, nuint pageSize) =>
        range.IsEmpty || whole.End - range.End > pageSize ? range : range with { End = whole.End };

    private static void LeaveOut(MemoryRange range)
    {
        if (!range.IsEmpty)
        {
            _ = madvise((void*)range.Start, (size_t)(range.End - range.Start), MADV_DONTFORK);
        }
    }
}
