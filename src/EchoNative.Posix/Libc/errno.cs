using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// errno.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int* __errno_location();
}
