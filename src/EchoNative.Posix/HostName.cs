using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>Looks up the addresses of a host; see getaddrinfo(3).</summary>
public static unsafe class HostName
{
    /// <summary>The addresses of a literal or a name, in the order in which to try them (RFC 6724).</summary>
    /// <param name="host">An IPv4 or IPv6 literal, or a name.</param>
    /// <param name="port">The port of all addresses returned.</param>
    /// <param name="family">The family of all addresses returned.</param>
    /// <exception cref="PosixException">
    /// The name is unknown, has no address of the family, is a literal of the other family, or could not be looked up.
    /// </exception>
    public static IReadOnlyList<SocketAddress> Resolve(string host, int port, IpFamily family = IpFamily.Any)
    {
        bool isLiteral = SocketAddress.TryParse(host, port, out SocketAddress literal);
        if (isLiteral && (family == IpFamily.Any || literal.IsIpv6 == (family == IpFamily.Ipv6)))
        {
            return [literal];
        }

        NameSources.UseForHosts();
        Libc.addrinfo hints = Hints(family);
        Libc.addrinfo* found;
        int error;
        fixed (byte* node = CString.From(host))
        fixed (byte* service = CString.From(port.ToString(CultureInfo.InvariantCulture)))
        {
            error = Libc.getaddrinfo(node, service, &hints, &found);
        }

        if (error != 0)
        {
            string reason = error == Libc.EAI_SYSTEM
                ? Errno.Last.ToString()
                : Marshal.PtrToStringUTF8((nint)Libc.gai_strerror(error)) ?? "Unknown error";
            throw new PosixException("getaddrinfo", reason, host);
        }

        List<SocketAddress> addresses = [];
        for (Libc.addrinfo* entry = found; entry is not null; entry = entry->ai_next)
        {
            addresses.Add(SocketAddress.From(entry->ai_addr, entry->ai_addrlen));
        }

        Libc.freeaddrinfo(found);
        return addresses;
    }

    // AI_ADDRCONFIG leaves out a family if the machine has only the loopback address of it. A caller who asks for one
    // family gets it even on such a machine.
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
}
