using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// elf.h
internal static unsafe partial class Libc
{
    internal const int PT_LOAD = 1;
    internal const int AT_PHDR = 3;
    internal const int AT_PHNUM = 5;
    internal const int AT_EXECFN = 31;

    /// <summary>The header at the start of a program's file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Elf64_Ehdr
    {
        private readonly ulong _e_ident;
        private readonly ulong _e_ident_padding;
        internal ushort e_type;
        internal ushort e_machine;
        internal uint e_version;
        internal ulong e_entry;
        internal ulong e_phoff;
        internal ulong e_shoff;
        internal uint e_flags;
        internal ushort e_ehsize;
        internal ushort e_phentsize;
        internal ushort e_phnum;
        internal ushort e_shentsize;
        internal ushort e_shnum;
        internal ushort e_shstrndx;
    }

    /// <summary>A segment: a part of the file that the kernel maps.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Elf64_Phdr
    {
        internal uint p_type;
        internal uint p_flags;
        internal ulong p_offset;
        internal ulong p_vaddr;
        internal ulong p_paddr;
        internal ulong p_filesz;
        internal ulong p_memsz;
        internal ulong p_align;
    }

    /// <summary>A section: a part of the file as the linker sees it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Elf64_Shdr
    {
        internal uint sh_name;
        internal uint sh_type;
        internal ulong sh_flags;
        internal ulong sh_addr;
        internal ulong sh_offset;
        internal ulong sh_size;
        internal uint sh_link;
        internal uint sh_info;
        internal ulong sh_addralign;
        internal ulong sh_entsize;
    }
}
