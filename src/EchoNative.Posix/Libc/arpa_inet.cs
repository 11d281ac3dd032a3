using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// arpa/inet.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int inet_pton(int af, byte* src, void* dst);

    [LibraryImport(Name)]
    internal static partial byte* inet_ntop(int af, void* src, byte* dst, uint size);
}
