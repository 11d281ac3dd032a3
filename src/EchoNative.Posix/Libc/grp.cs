using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// grp.h
internal static unsafe partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct group
    {
        internal byte* gr_name;
        internal byte* gr_passwd;
        internal uint gr_gid;
        internal byte** gr_mem;
    }

    [LibraryImport(Name)]
    internal static partial int getgrnam_r(byte* name, group* grp, byte* buffer, nuint buflen, group** result);

    [LibraryImport(Name)]
    internal static partial int setgroups(nuint size, uint* list);
}
