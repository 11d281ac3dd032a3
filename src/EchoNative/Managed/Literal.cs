using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>Reads addresses from the command line.</summary>
internal static class Literal
{
    /// <summary>
    /// Reads an IPv4 or IPv6 literal as inet_pton(3) does. The class library alone would also accept 127.1, octal numbers,
    /// brackets and ports.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        bool isPlain = text.Contains(':', StringComparison.Ordinal)
            ? text.AsSpan().IndexOfAny("[]/") < 0
            : Ipv4Literal.IsOne(text);
        return isPlain && IPAddress.TryParse(text, out address) && IsScopeKnown(text, address);
    }

    // For an interface that it does not know, the class library takes 0. A leading zero is not written.
    private static bool IsScopeKnown(string text, IPAddress address)
    {
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        return percent < 0 || (!text.AsSpan(percent + 1).StartsWith('0') && address.ScopeId is > 0 and <= int.MaxValue);
    }
}
