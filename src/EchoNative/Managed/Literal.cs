using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>Addresses as they are given on the command line.</summary>
internal static class Literal
{
    /// <summary>
    /// Reads a literal as inet_pton(3) does. The class library alone would take 127.1, octal numbers, brackets and
    /// ports as well.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        bool isPlain = text.Contains(':', StringComparison.Ordinal)
            ? text.AsSpan().IndexOfAny("[]/") < 0
            : Ipv4Literal.IsOne(text);
        return isPlain && IPAddress.TryParse(text, out address);
    }
}
