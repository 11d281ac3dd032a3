using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// fcntl.h
internal static unsafe partial class Libc
{
    internal const int F_DUPFD = 0;
    internal const int F_GETFD = 1;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_SETPIPE_SZ = 1031;

    // The function is variadic in C; for integer arguments the calling convention is the same.
    [LibraryImport(Name)]
    internal static partial int fcntl(int fd, int op, int arg);

    [LibraryImport(Name)]
    internal static partial nint splice(int fd_in, long* off_in, int fd_out, long* off_out, nuint len, uint flags);
}
