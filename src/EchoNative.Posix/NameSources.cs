using System;

namespace EchoNative.Posix;

/// <summary>
/// Where the C library looks names up; see nsswitch.conf(5). That file may name any source, and the C library would
/// load a shared library for it. Into a program that is linked statically it may load it, but such a library
/// mostly can't work there, and ends the program by SIGSEGV. So only those sources are used that are linked in.
/// </summary>
internal static unsafe class NameSources
{
    /// <summary>Hosts: /etc/hosts, then DNS.</summary>
    public static void UseForHosts() => Use("hosts\0"u8, "files dns\0"u8);

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
