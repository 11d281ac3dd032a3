using System;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Cli;

/// <summary>The operand that says which host to connect to.</summary>
internal static class HostOperand
{
    /// <summary>Passes on what may be an address or a name.</summary>
    /// <exception cref="UsageException">It can be neither.</exception>
    public static string Check(string host)
    {
        if (host.Length == 0)
        {
            throw new UsageException("the host is empty");
        }

        // No name ends in a number: what does is meant as an address, and a name server can't mend it.
        return Ipv4Literal.LooksLikeOne(host) && !Ipv4Literal.IsOne(host)
            ? throw new UsageException($"host '{host}' is not an IPv4 address: four numbers from 0 to 255")
            : host;
    }

    /// <summary>Whether it can only be an IPv6 address: no name has a colon.</summary>
    public static bool IsIpv6(string host) => host.Contains(':', StringComparison.Ordinal);
}
