using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// stdio.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int rename(byte* old, byte* @new);
}
