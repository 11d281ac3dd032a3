using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// pwd.h
internal static unsafe partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct passwd
    {
        internal byte* pw_name;
        internal byte* pw_passwd;
        internal uint pw_uid;
        internal uint pw_gid;
        internal byte* pw_gecos;
        internal byte* pw_dir;
        internal byte* pw_shell;
    }

    [LibraryImport(Name)]
    internal static partial int getpwnam_r(byte* name, passwd* pwd, byte* buffer, nuint buflen, passwd** result);

    [LibraryImport(Name)]
    internal static partial int getpwuid_r(uint uid, passwd* pwd, byte* buffer, nuint buflen, passwd** result);
}
