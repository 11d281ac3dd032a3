using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// linux/filter.h and linux/bpf_common.h
internal static unsafe partial class Libc
{
    internal const int BPF_LD = 0x00;
    internal const int BPF_W = 0x00;
    internal const int BPF_ABS = 0x20;
    internal const int BPF_JMP = 0x05;
    internal const int BPF_JEQ = 0x10;
    internal const int BPF_JGT = 0x20;
    internal const int BPF_K = 0x00;
    internal const int BPF_RET = 0x06;

    /// <summary>An instruction: its code, how many to skip if a comparison is true or false, and its operand.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_filter
    {
        internal ushort code;
        internal byte jt;
        internal byte jf;
        internal uint k;
    }

    /// <summary>A program: its length in instructions, and the instructions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct sock_fprog
    {
        internal ushort len;
        internal sock_filter* filter;
    }
}
