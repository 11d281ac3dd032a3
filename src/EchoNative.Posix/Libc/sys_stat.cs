using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// sys/stat.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int fstat(int fd, stat* statbuf);

    [LibraryImport(Name)]
    internal static partial int stat(byte* pathname, stat* statbuf);

    [LibraryImport(Name)]
    internal static partial int lstat(byte* pathname, stat* statbuf);
}
