using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// sys/socket.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int accept(int sockfd, sockaddr* addr, uint* addrlen);

    [LibraryImport(Name)]
    internal static partial int shutdown(int sockfd, int how);

    [LibraryImport(Name)]
    internal static partial nint send(int sockfd, void* buf, nuint len, int flags);
}
