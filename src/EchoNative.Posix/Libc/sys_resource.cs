using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/resource.h
internal static unsafe partial class Libc
{
    internal const int RLIMIT_NOFILE = 7;

    [StructLayout(LayoutKind.Sequential)]
    internal struct rlimit
    {
        internal ulong rlim_cur;
        internal ulong rlim_max;
    }

    // The resource is an enumeration in C, whose type is unsigned int.
    [LibraryImport(Name)]
    internal static partial int getrlimit(uint resource, rlimit* rlim);

    [LibraryImport(Name)]
    internal static partial int setrlimit(uint resource, rlimit* rlim);
}
