using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/syscall.h and unistd.h
internal static unsafe partial class Libc
{
    // The function is variadic in C; for integer arguments the calling convention is the same.
    [LibraryImport(Name)]
    internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5, nint arg6);
}
