using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// string.h. These functions return constant strings, allocate nothing and take no lock, so a forked child can call them.
// They return null for an unknown number.
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial byte* strerrordesc_np(int errnum);

    [LibraryImport(Name)]
    internal static partial byte* strerrorname_np(int errnum);

    [LibraryImport(Name)]
    internal static partial byte* sigabbrev_np(int sig);
}
