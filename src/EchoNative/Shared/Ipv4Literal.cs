using System;
using System.Globalization;
using System.Linq;

namespace EchoNative.Shared;

/// <summary>IPv4 addresses in the dotted-decimal form.</summary>
internal static class Ipv4Literal
{
    private const int Parts = 4;

    /// <summary>
    /// Whether the last label is a number, which no top-level domain is (RFC 3696, 2). Hexadecimal counts:
    /// getaddrinfo(3) takes 0x7f.1 for 127.0.0.1. With a colon it is meant as IPv6, where such an end is
    /// right: ::ffff:127.0.0.1, fe80::1%eth0.100.
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
    /// Whether it is four numbers from 0 to 255 with dots between them. A zero before another digit is
    /// refused: getaddrinfo(3) would read the number as octal, so that 010.0.0.1 were 8.0.0.1.
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
