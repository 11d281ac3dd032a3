using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// nss.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int __nss_configure_lookup(byte* dbname, byte* @string);
}
