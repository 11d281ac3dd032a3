using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/auxv.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial nuint getauxval(nuint type);
}
