using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace EchoNative.Posix;

/// <summary>
/// The raw declarations, under their C names and with no logic. Whatever a forked child or a signal
/// handler calls is declared here and without SetLastError: that feature stores errno in a
/// thread-static variable, which lies in the garbage collector's heap, and a child must not depend on
/// that heap. <see cref="Errno.Last"/> reads the C library's errno itself. Calls made only before the
/// first fork, types and constants come from Tmds.LibC.
/// </summary>
internal static partial class Libc
{
    internal const string Name = "libc";
}
