using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// string.h. The three return constant strings, allocate nothing and take no lock, so that a forked
// child can call them; they return null for a number they do not know.
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial byte* strerrordesc_np(int errnum);

    [LibraryImport(Name)]
    internal static partial byte* strerrorname_np(int errnum);

    [LibraryImport(Name)]
    internal static partial byte* sigabbrev_np(int sig);
}
