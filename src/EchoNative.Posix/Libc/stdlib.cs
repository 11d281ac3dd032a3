using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// stdlib.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial byte* getenv(byte* name);

    [LibraryImport(Name)]
    internal static partial int setenv(byte* name, byte* value, int overwrite);
}
