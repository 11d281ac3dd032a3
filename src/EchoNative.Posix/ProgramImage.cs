using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>Where this program itself lies in memory, with its code and its variables; see elf(5).</summary>
internal static unsafe class ProgramImage
{
    // All names of sections together; those of this program are half a kilobyte.
    private const ulong LongestNames = 1024 * 1024;

    /// <summary>From its first byte to the end of its variables. The kernel chooses the place at each start.</summary>
    public static MemoryRange Range
    {
        get
        {
            MemoryRange range = default;
            foreach (Libc.Elf64_Phdr segment in Segments)
            {
                if (segment.p_type == Libc.PT_LOAD)
                {
                    // In the order of their addresses, as the standard demands.
                    nuint start = (nuint)segment.p_vaddr;
                    range = new MemoryRange(range.IsEmpty ? start : range.Start, start + (nuint)segment.p_memsz);
                }
            }

            return Place(range);
        }
    }

    // The kernel tells every program where its segments are described; see getauxval(3).
    private static ReadOnlySpan<Libc.Elf64_Phdr> Segments =>
        new((void*)Libc.getauxval(Libc.AT_PHDR), (int)Libc.getauxval(Libc.AT_PHNUM));

    /// <summary>How far from the linker's addresses the kernel has put it: 0 where it may not lie anywhere.</summary>
    private static nuint Shift
    {
        get
        {
            // The descriptions of the segments follow the header of the file, and that is in the first one loaded.
            nuint file = Libc.getauxval(Libc.AT_PHDR) - (nuint)sizeof(Libc.Elf64_Ehdr);
            foreach (Libc.Elf64_Phdr segment in Segments)
            {
                if (segment.p_type == Libc.PT_LOAD)
                {
                    return file - (nuint)(segment.p_vaddr - segment.p_offset);
                }
            }

            return file;
        }
    }

    /// <summary>
    /// Where one of its sections lies. Sections matter to linkers only, and are described nowhere but in the file.
    /// </summary>
    /// <param name="name">Its name, such as <c>.bss</c>.</param>
    /// <returns>The place; empty where the file can't be read or has no such section.</returns>
    public static MemoryRange FindSection(ReadOnlySpan<byte> name)
    {
        int descriptor;
        fixed (byte* path = "/proc/self/exe\0"u8)
        {
            descriptor = LibC.open(path, LibC.O_RDONLY, default);
        }

        if (descriptor < 0)
        {
            return default;
        }

        FileDescriptor file = new(descriptor);
        MemoryRange found = FindSection(file, name);
        file.Close();
        return Place(found);
    }

    /// <summary>The same in a file, as the linker gave the addresses; empty where it is no program file.</summary>
    internal static MemoryRange FindSection(FileDescriptor file, ReadOnlySpan<byte> name)
    {
        Libc.Elf64_Ehdr header = default;
        if (!TryRead(file, 0, MemoryMarshal.AsBytes(new Span<Libc.Elf64_Ehdr>(ref header)))
            || header.e_shentsize != sizeof(Libc.Elf64_Shdr)
            || header.e_shstrndx >= header.e_shnum)
        {
            return default;
        }

        Libc.Elf64_Shdr[] sections = new Libc.Elf64_Shdr[header.e_shnum];
        if (!TryRead(file, header.e_shoff, MemoryMarshal.AsBytes(sections.AsSpan())))
        {
            return default;
        }

        Libc.Elf64_Shdr nameSection = sections[header.e_shstrndx];
        if (nameSection.sh_size > LongestNames)
        {
            return default;
        }

        byte[] names = new byte[nameSection.sh_size];
        if (!TryRead(file, nameSection.sh_offset, names))
        {
            return default;
        }

        foreach (Libc.Elf64_Shdr section in sections)
        {
            ReadOnlySpan<byte> rest = section.sh_name < (uint)names.Length ? names.AsSpan((int)section.sh_name) : default;
            if (rest.Length > name.Length && rest.StartsWith(name) && rest[name.Length] == 0)
            {
                ulong end = section.sh_addr + section.sh_size;
                return end < section.sh_addr ? default : new MemoryRange((nuint)section.sh_addr, (nuint)end);
            }
        }

        return default;
    }

    /// <summary>From addresses as the linker gave them to those in memory.</summary>
    private static MemoryRange Place(MemoryRange linked) =>
        linked.IsEmpty ? default : new MemoryRange(linked.Start + Shift, linked.End + Shift);

    private static bool TryRead(FileDescriptor file, ulong offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Libc.pread(file.Number, start, (nuint)buffer.Length, (long)offset) == buffer.Length;
        }
    }
}
