using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// netdb.h
internal static unsafe partial class Libc
{
    internal const int AI_ADDRCONFIG = 0x20;
    internal const int EAI_NONAME = -2;
    internal const int EAI_SYSTEM = -11;

    [StructLayout(LayoutKind.Sequential)]
    internal struct addrinfo
    {
        internal int ai_flags;
        internal int ai_family;
        internal int ai_socktype;
        internal int ai_protocol;
        internal uint ai_addrlen;
        internal sockaddr* ai_addr;
        internal byte* ai_canonname;
        internal addrinfo* ai_next;
    }

    [LibraryImport(Name)]
    internal static partial int getaddrinfo(byte* node, byte* service, addrinfo* hints, addrinfo** res);

    [LibraryImport(Name)]
    internal static partial void freeaddrinfo(addrinfo* res);

    [LibraryImport(Name)]
    internal static partial byte* gai_strerror(int errcode);
}
