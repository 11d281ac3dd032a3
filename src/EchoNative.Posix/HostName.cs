using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>Looks up the addresses of a host; see getaddrinfo(3).</summary>
public static unsafe class HostName
{
    /// <summary>The addresses of a literal or a name, in the order in which to try them (RFC 6724).</summary>
    /// <param name="host">An IPv4 or IPv6 literal, or a name. A name has no colon.</param>
    /// <param name="port">The port of all addresses returned.</param>
    /// <param name="family">The family of all addresses returned.</param>
    /// <exception cref="PosixException">
    /// The name is unknown, has no address of the family, is a literal of the other family, or could not be looked up.
    /// </exception>
    public static IReadOnlyList<SocketAddress> Resolve(string host, int port, IpFamily family = IpFamily.Any)
    {
        ArgumentNullException.ThrowIfNull(host);
        bool isLiteral = SocketAddress.TryParse(host, port, out SocketAddress literal);
        if (isLiteral && (family == IpFamily.Any || literal.IsIpv6 == (family == IpFamily.Ipv6)))
        {
            return [literal];
        }

        // getaddrinfo(3) would accept scopes that are refused elsewhere: fe80::1%0, fe80::1%01.
        if (!isLiteral && host.Contains(':', StringComparison.Ordinal))
        {
            throw new PosixException("getaddrinfo", Reason(Libc.EAI_NONAME), host);
        }

        NameSources.UseForHosts();
        int error = Find(host, port, Hints(family), out List<SocketAddress> found);
        string reason = error == 0 ? "" : Reason(error);
        if (family == IpFamily.Any && (error != 0 || found.Exists(address => address.IsLoopback)))
        {
            found = WithHiddenLoopback(host, port, found);
        }

        return found.Count > 0 ? found : throw new PosixException("getaddrinfo", reason, host);
    }

    /// <summary>Whether a loopback address can be used: its family is on, and its interface too.</summary>
    /// <remarks>It connects a datagram socket, which sends nothing; see ip(7).</remarks>
    public static bool HasRoute(SocketAddress address)
    {
        int descriptor = LibC.socket(address.Family, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        bool connected = LibC.connect(descriptor, (sockaddr*)&address, address.Length) == 0;
        new FileDescriptor(descriptor).Close();
        return connected;
    }

    // AI_ADDRCONFIG leaves out a family if the machine has only the loopback address of it: on a machine with IPv6 only,
    // localhost is not 127.0.0.1. A caller who asks for one family gets it even on such a machine.
    private static Libc.addrinfo Hints(IpFamily family) => new()
    {
        ai_socktype = LibC.SOCK_STREAM,
        ai_family = family switch
        {
            IpFamily.Ipv4 => LibC.AF_INET,
            IpFamily.Ipv6 => LibC.AF_INET6,
            _ => LibC.AF_UNSPEC,
        },
        ai_flags = family == IpFamily.Any ? Libc.AI_ADDRCONFIG : 0,
    };

    private static int Find(string host, int port, Libc.addrinfo hints, out List<SocketAddress> addresses)
    {
        addresses = [];
        Libc.addrinfo* found;
        int error;
        fixed (byte* node = CString.From(host))
        fixed (byte* service = CString.From(port.ToString(CultureInfo.InvariantCulture)))
        {
            error = Libc.getaddrinfo(node, service, &hints, &found);
        }

        if (error == 0)
        {
            for (Libc.addrinfo* entry = found; entry is not null; entry = entry->ai_next)
            {
                addresses.Add(SocketAddress.From(entry->ai_addr, entry->ai_addrlen));
            }

            Libc.freeaddrinfo(found);
        }

        return error;
    }

    private static string Reason(int error) => error == Libc.EAI_SYSTEM
        ? Errno.Last.ToString()
        : Marshal.PtrToStringUTF8((nint)Libc.gai_strerror(error)) ?? "Unknown error";

    // Of a family that AI_ADDRCONFIG leaves out, only loopback addresses can be connected to. They are in /etc/hosts, so that
    // DNS is not asked again. Loopback addresses that can't be used, since IPv6 is off, are left out.
    private static List<SocketAddress> WithHiddenLoopback(string host, int port, List<SocketAddress> found)
    {
        Libc.addrinfo hints = Hints(IpFamily.Any);
        hints.ai_flags = 0;
        NameSources.UseForHostsInFile();
        _ = Find(host, port, hints, out List<SocketAddress> listed);
        List<SocketAddress> loopback = listed.FindAll(address => address.IsLoopback && HasRoute(address));

        // Loopback comes first: an address that reaches less far is tried earlier (RFC 6724, rule 8).
        return loopback.Count > 0 ? [.. loopback, .. found.FindAll(address => !address.IsLoopback)] : found;
    }
}
