using System;

namespace EchoNative.Shared;

/// <summary>
/// Version 1 of the PROXY protocol, one line of text: <c>PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190</c>, or
/// <c>PROXY UNKNOWN</c> with anything behind it.
/// </summary>
internal static class ProxyLine
{
    private const int MostLength = 107; // with its end, CR LF
    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;
    private const int HighestPort = 65535;

    /// <summary>How the line begins.</summary>
    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    /// <summary>Reads the line.</summary>
    /// <param name="bytes">The bytes from the start of the connection. They begin like the line.</param>
    /// <param name="host">Gets the client's address.</param>
    public static ProxyHeader Parse(ReadOnlySpan<byte> bytes, Span<byte> host)
    {
        int end = bytes[..Math.Min(bytes.Length, MostLength)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return new ProxyHeader(bytes.Length < MostLength ? ProxyHeaderState.Incomplete : ProxyHeaderState.Wrong);
        }

        ReadOnlySpan<byte> rest = bytes[Signature.Length..end];
        if (!rest.EndsWith("\r"u8))
        {
            return new ProxyHeader(ProxyHeaderState.Wrong);
        }

        rest = rest[..^1];
        int hostLength = 0;
        int port = 0;
        ReadOnlySpan<byte> protocol = TakeWord(ref rest);
        bool isRight = protocol.SequenceEqual("UNKNOWN"u8)
            || (protocol.SequenceEqual("TCP4"u8) && TryParse(rest, host[..Ipv4Length], out hostLength, out port))
            || (protocol.SequenceEqual("TCP6"u8) && TryParse(rest, host[..Ipv6Length], out hostLength, out port));
        return isRight
            ? new ProxyHeader(ProxyHeaderState.Complete, end + 1, hostLength, port)
            : new ProxyHeader(ProxyHeaderState.Wrong);
    }

    // Two addresses and two ports, each behind one space: those of the client first.
    private static bool TryParse(ReadOnlySpan<byte> text, Span<byte> host, out int hostLength, out int port)
    {
        Span<byte> server = stackalloc byte[Ipv6Length];
        hostLength = host.Length;
        return TryReadAddress(TakeWord(ref text), host, out port)
            && TryReadAddress(TakeWord(ref text), server[..host.Length], out _)
            && AddressText.TryReadNumber(TakeWord(ref text), HighestPort, out port)
            && AddressText.TryReadNumber(text, HighestPort, out _);
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, Span<byte> host, out int port)
    {
        port = 0;
        return host.Length == Ipv4Length ? AddressText.TryReadIpv4(text, host) : AddressText.TryReadIpv6(text, host);
    }

    // The bytes up to the next space, which is left out, or all where there is none.
    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> text)
    {
        int space = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = space < 0 ? text : text[..space];
        text = space < 0 ? default : text[(space + 1)..];
        return word;
    }
}
