using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/prctl.h
internal static unsafe partial class Libc
{
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int PR_SET_NO_NEW_PRIVS = 38;

    // The function is variadic in C; for integer arguments the calling convention is the same.
    [LibraryImport(Name)]
    internal static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);
}
