using System;
using System.Collections.Generic;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// The memory that a forked child has no use for: the garbage collector's heap and its tables, the stacks of
/// other threads, what they have from malloc(3), and the descriptions of types.
/// </summary>
public static unsafe class ParentMemory
{
    /// <summary>
    /// Leaves it out of all children that are forked from now on; see madvise(2), MADV_DONTFORK. A fork copies the
    /// description of each piece and the page tables of what is in use, and the parent takes a page fault at
    /// its next write to each page that it shares with a child: what is left out costs none of that.
    /// </summary>
    /// <remarks>
    /// A child has left: the program with its variables, the main thread's stack, its thread-local variables, and
    /// every <see cref="MemoryMapping"/> that is not the parent's only. It must be forked by
    /// <see cref="ChildProcess.Fork"/>, which looks at no other thread's stack, and use neither objects nor types: if it
    /// does, it ends by SIGSEGV. Where /proc can't be read, forks are slower and nothing else.
    /// </remarks>
    public static void KeepFromChildren()
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

        // What the compiler calls hydrated: written at start, from a shorter form in the file. The linker puts it last
        // (child-code.ld), so that what would be left of its last page is no piece of its own.
        LeaveOut(ToTheEnd(ProgramImage.FindSection(".hydrated"u8).Inward(pageSize), ProgramImage.Range.Outward(pageSize), pageSize));
    }

    /// <summary>
    /// Memory that has no name, in stretches that are as long as possible. The guard of a stack is no part of any, and
    /// neither is code.
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

    // A single page without access, right below what it guards.
    private static bool IsGuard(List<MemoryArea> areas, int index, nuint pageSize)
    {
        MemoryArea area = areas[index];
        return area.Protection == MemoryProtection.Reserved
            && area.Range.End - area.Range.Start <= pageSize
            && index + 1 < areas.Count
            && areas[index + 1] is { IsAnonymous: true, Protection: MemoryProtection.Writable } above
            && above.Range.Start == area.Range.End;
    }

    // Where the C library keeps thread-local variables, errno among them. Mostly that is in the named heap.
    private static MemoryRange ThreadLocals(nuint pageSize)
    {
        nuint errno = (nuint)Libc.__errno_location();
        return new MemoryRange(errno - pageSize, errno + pageSize).Outward(pageSize);
    }

    // The collector's memory comes in pieces: some in use, between them others that only hold the place. To leave a
    // piece out has its price at each fork as well, if a small one. Neighbours that are alike the kernel joins.
    private static void Join(MemoryRange range)
    {
        size_t length = (size_t)(range.End - range.Start);
        _ = madvise((void*)range.Start, length, MADV_DODUMP);
        _ = mprotect((void*)range.Start, length, PROT_READ | PROT_WRITE);
    }

    private static MemoryRange ToTheEnd(MemoryRange range, MemoryRange whole, nuint pageSize) =>
        range.IsEmpty || whole.End - range.End > pageSize ? range : range with { End = whole.End };

    private static void LeaveOut(MemoryRange range)
    {
        if (!range.IsEmpty)
        {
            _ = madvise((void*)range.Start, (size_t)(range.End - range.Start), MADV_DONTFORK);
        }
    }
}
