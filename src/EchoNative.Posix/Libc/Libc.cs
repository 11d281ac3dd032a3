using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace EchoNative.Posix;

/// <summary>
/// The raw declarations, under their C names and without logic. All functions that a forked child or a signal handler
/// calls are declared here, without SetLastError: that feature stores errno in a thread-static variable, which is in the
/// garbage collector's heap, and a child can't use the heap. <see cref="Errno.Last"/> reads the C library's errno itself.
/// Functions called only before the first fork, types and constants come from Tmds.LibC.
/// </summary>
internal static partial class Libc
{
    internal const string Name = "libc";
}
