using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// linux/capability.h; the C library has the function but does not declare it
internal static unsafe partial class Libc
{
    internal const int _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int _LINUX_CAPABILITY_U32S_3 = 2;

    /// <summary>The thread whose capabilities are meant; 0 is the calling one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_header_struct
    {
        internal uint version;
        internal int pid;
    }

    /// <summary>Half of the capabilities: the first 32, or the rest.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_data_struct
    {
        internal uint effective;
        internal uint permitted;
        internal uint inheritable;
    }
}
