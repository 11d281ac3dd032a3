using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// unistd.h
internal static unsafe partial class Libc
{
    internal const int X_OK = 1;

    [LibraryImport(Name)]
    internal static partial void _exit(int status);

    [LibraryImport(Name)]
    internal static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Name)]
    internal static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport(Name)]
    internal static partial nint pread(int fd, void* buf, nuint count, long offset);

    [LibraryImport(Name)]
    internal static partial int close(int fd);

    [LibraryImport(Name)]
    internal static partial int pipe2(int* pipefd, int flags);

    [LibraryImport(Name)]
    internal static partial int close_range(uint first, uint last, int flags);

    [LibraryImport(Name)]
    internal static partial int unlink(byte* name);

    [LibraryImport(Name)]
    internal static partial int access(byte* name, int type);

    [LibraryImport(Name)]
    internal static partial int execv(byte* path, byte** argv);

    [LibraryImport(Name)]
    internal static partial int setresgid(uint rgid, uint egid, uint sgid);

    [LibraryImport(Name)]
    internal static partial int setresuid(uint ruid, uint euid, uint suid);

    [LibraryImport(Name)]
    internal static partial int getpid();

    [LibraryImport(Name)]
    internal static partial int gethostname(byte* name, nuint len);

    [LibraryImport(Name)]
    internal static partial int getppid();
}
