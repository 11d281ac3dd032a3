using System;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Cli;

/// <summary>The operand that names the host to connect to: an IPv4 address, an IPv6 address, or a name.</summary>
internal static class HostOperand
{
    /// <summary>Returns the operand if it can be an address or a name. An IPv6 address loses its brackets.</summary>
    /// <exception cref="UsageException">It is empty, or a wrong IPv4 address, or has other brackets.</exception>
    public static string Check(string host)
    {
        if (host.Length == 0)
        {
            throw new UsageException("the host is empty");
        }

        string address = Brackets.Remove(host);
        if (Brackets.AreIn(address))
        {
            throw new UsageException($"host '{host}' has brackets, and is not an IPv6 address such as [::1]");
        }

        // No host name ends in a number, so an operand that does is a mistyped address and is not looked up.
        return Ipv4Literal.LooksLikeOne(host) && !Ipv4Literal.IsOne(host)
            ? throw new UsageException($"host '{host}' is not an IPv4 address: four numbers from 0 to 255")
            : address;
    }

    /// <summary>Whether the host is an IPv6 address: names and IPv4 addresses contain no colon.</summary>
    public static bool IsIpv6(string host) => host.Contains(':', StringComparison.Ordinal);
}
