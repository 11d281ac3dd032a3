using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// net/if.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial uint if_nametoindex(byte* ifname);
}
