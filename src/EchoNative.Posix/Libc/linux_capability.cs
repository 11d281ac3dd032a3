using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// linux/capability.h; the C library has the function without declaring it
internal static unsafe partial class Libc
{
    internal const int _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int _LINUX_CAPABILITY_U32S_3 = 2;

    /// <summary>Whose capabilities.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_header_struct
    {
        internal uint version;
        internal int pid;
    }

    /// <summary>Half of them: the first 32, or the rest.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct __user_cap_data_struct
    {
        internal uint effective;
        internal uint permitted;
        internal uint inheritable;
    }
}
