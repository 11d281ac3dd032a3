using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The addresses of this program's code and static variables in memory; see elf(5).</summary>
internal static unsafe class ProgramImage
{
    // Bytes for the names of all sections. Those of this program take half a kilobyte.
    private const ulong MaxNamesLength = 1024 * 1024;

    /// <summary>From the first byte to the end of the variables. The kernel chooses the address at each start.</summary>
    public static MemoryRange Range
    {
        get
        {
            MemoryRange range = default;
            foreach (Libc.Elf64_Phdr segment in Segments)
            {
                if (segment.p_type == Libc.PT_LOAD)
                {
                    // The segments are in the order of their addresses, as the ELF standard demands.
                    nuint start = (nuint)segment.p_vaddr;
                    range = new MemoryRange(range.IsEmpty ? start : range.Start, start + (nuint)segment.p_memsz);
                }
            }

            return Relocate(range);
        }
    }

    // The kernel passes the address of the program headers to every program; see getauxval(3).
    private static ReadOnlySpan<Libc.Elf64_Phdr> Segments =>
        new((void*)Libc.getauxval(Libc.AT_PHDR), (int)Libc.getauxval(Libc.AT_PHNUM));

    /// <summary>The address in memory less the one that the linker gave; 0 if the program is not relocatable.</summary>
    private static nuint LoadBias
    {
        get
        {
            // The program headers follow the file header, which is in the first loaded segment.
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
    /// The addresses of a section. They are read from the program's file: sections are not described in memory.
    /// </summary>
    /// <param name="name">The section's name, such as <c>.bss</c>.</param>
    /// <returns>The addresses in memory; empty if the file can't be read or has no such section.</returns>
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
        return Relocate(found);
    }

    /// <summary>The same for any file, with the addresses that the linker gave; empty if it is no ELF file.</summary>
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
        if (nameSection.sh_size > MaxNamesLength)
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

    /// <summary>Converts the linker's addresses to those in memory.</summary>
    private static MemoryRange Relocate(MemoryRange linked) =>
        linked.IsEmpty ? default : new MemoryRange(linked.Start + LoadBias, linked.End + LoadBias);

    private static bool TryRead(FileDescriptor file, ulong offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Libc.pread(file.Number, start, (nuint)buffer.Length, (long)offset) == buffer.Length;
        }
    }
}
