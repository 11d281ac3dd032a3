using System;

namespace EchoNative.Posix;

/// <summary>
/// The sources in which the C library looks names up. By default nsswitch.conf(5) decides that. It may name any source,
/// and the C library loads a shared library for it. In a statically linked program such a library mostly fails and ends
/// the program by SIGSEGV. So this allows only the sources that are linked into the program.
/// </summary>
internal static unsafe class NameSources
{
    /// <summary>Hosts: /etc/hosts, then DNS.</summary>
    public static void UseForHosts() => Use("hosts\0"u8, "files dns\0"u8);

    /// <summary>Hosts: /etc/hosts only.</summary>
    public static void UseForHostsInFile() => Use("hosts\0"u8, "files\0"u8);

    /// <summary>Users and groups: /etc/passwd and /etc/group.</summary>
    public static void UseForAccounts()
    {
        Use("passwd\0"u8, "files\0"u8);
        Use("group\0"u8, "files\0"u8);
    }

    private static void Use(ReadOnlySpan<byte> database, ReadOnlySpan<byte> sources)
    {
        fixed (byte* name = database)
        fixed (byte* list = sources)
        {
            _ = Libc.__nss_configure_lookup(name, list);
        }
    }
}
