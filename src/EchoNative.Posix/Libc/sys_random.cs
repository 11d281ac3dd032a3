using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/random.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial nint getrandom(void* buffer, nuint length, uint flags);
}
