using System;
using System.Globalization;
using System.Linq;

namespace EchoNative.Shared;

/// <summary>IPv4 addresses in the dotted-decimal form.</summary>
internal static class Ipv4Literal
{
    private const int Parts = 4;

    /// <summary>
    /// Whether the last label is a number. No top-level domain is one (RFC 3696, section 2), so the text is meant as an IPv4
    /// address. Hexadecimal counts: getaddrinfo(3) reads 0x7f.1 as 127.0.0.1. A text with a colon is an IPv6 address, which
    /// may end in a number: ::ffff:127.0.0.1, fe80::1%eth0.100.
    /// </summary>
    public static bool LooksLikeOne(string host)
    {
        if (host.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        string last = host[(host.LastIndexOf('.') + 1)..];
        return last.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? last["0x".Length..].All(char.IsAsciiHexDigit)
            : last.Length > 0 && last.All(char.IsAsciiDigit);
    }

    /// <summary>
    /// Whether the text is four numbers from 0 to 255 with dots between them. A number with a leading zero is not allowed:
    /// getaddrinfo(3) would read it as octal, and 010.0.0.1 would become 8.0.0.1.
    /// </summary>
    public static bool IsOne(string host)
    {
        string[] parts = host.Split('.');
        return parts.Length == Parts && parts.All(IsByte);
    }

    private static bool IsByte(string part) =>
        byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
        && part == number.ToString(CultureInfo.InvariantCulture);
}
