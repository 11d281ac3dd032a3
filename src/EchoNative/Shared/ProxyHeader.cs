using System;
using System.Buffers.Binary;

namespace EchoNative.Shared;

/// <summary>What the first bytes of a connection are, as far as a PROXY header is concerned.</summary>
internal enum ProxyHeaderState
{
    /// <summary>They may become a header: more bytes are needed.</summary>
    Incomplete,

    /// <summary>They are a header. It may be longer than the bytes that were given; the rest has no meaning here.</summary>
    Complete,

    /// <summary>They begin like a header, and break its rules.</summary>
    Wrong,

    /// <summary>They do not begin like a header.</summary>
    Missing,
}

/// <summary>
/// The header with which a load balancer says for whom it has connected: the PROXY protocol, version 1 or 2, as in
/// doc/proxy-protocol.txt of HAProxy. It is a value and uses no heap, so that a forked child can read it.
/// </summary>
/// <param name="State">What the bytes are.</param>
/// <param name="Length">The length of a complete header in bytes.</param>
/// <param name="HostLength">
/// The length of the client's address in bytes, 4 or 16. It is 0 where the header names no client that uses TCP: then the
/// peer of the socket is the client.
/// </param>
/// <param name="Port">The client's port, where there is an address.</param>
internal readonly record struct ProxyHeader(ProxyHeaderState State, int Length = 0, int HostLength = 0, int Port = 0)
{
    /// <summary>How long a client has to send the whole header.</summary>
    public const int MostMilliseconds = 5000;

    /// <summary>The room in bytes for the longest address.</summary>
    public const int HostRoom = 16;

    private const int FixedLength = 16;
    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;

    /// <summary>Why a session ends whose header is wrong.</summary>
    public static ReadOnlySpan<byte> WrongText => "wrong PROXY header"u8;

    /// <summary>Why a session ends that begins without a header.</summary>
    public static ReadOnlySpan<byte> MissingText => "no PROXY header"u8;

    /// <summary>Why a session ends within its header.</summary>
    public static ReadOnlySpan<byte> CutText => "incomplete PROXY header"u8;

    /// <summary>Why a session ends whose header is late.</summary>
    public static ReadOnlySpan<byte> LateText => "no PROXY header within 5 s"u8;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ProxyHeader Wrong => new(ProxyHeaderState.Wrong);

    /// <summary>
    /// Reads the header. While it is incomplete, call this again with all bytes so far. 107 bytes are never incomplete.
    /// </summary>
    /// <param name="bytes">The bytes from the start of the connection.</param>
    /// <param name="host">Gets the client's address in network byte order; <see cref="HostRoom"/> bytes.</param>
    public static ProxyHeader Parse(ReadOnlySpan<byte> bytes, Span<byte> host)
    {
        if (CanBegin(bytes, Signature))
        {
            return bytes.Length < FixedLength ? default : ParseBinary(bytes, host);
        }

        return CanBegin(bytes, ProxyLine.Signature)
            ? ProxyLine.Parse(bytes, host)
            : new ProxyHeader(ProxyHeaderState.Missing);
    }

    private static bool CanBegin(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        bytes.StartsWith(signature[..Math.Min(bytes.Length, signature.Length)]);

    private static ProxyHeader ParseBinary(ReadOnlySpan<byte> bytes, Span<byte> host)
    {
        const int CommandAt = 12;
        const int FamilyAt = 13;
        const int LengthAt = 14;
        int length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]);
        return (bytes[CommandAt], bytes[FamilyAt]) switch
        {
            // LOCAL: the load balancer itself is the client, for a health check.
            (0x20, _) => new ProxyHeader(ProxyHeaderState.Complete, length),
            (0x21, 0x11) => ParseAddress(bytes, length, host[..Ipv4Length]),
            (0x21, 0x21) => ParseAddress(bytes, length, host[..Ipv6Length]),

            // Unspecified, datagrams and Unix sockets: a receiver that does not know them keeps the peer of the socket.
            (0x21, 0x00 or 0x12 or 0x22 or 0x31 or 0x32) => new ProxyHeader(ProxyHeaderState.Complete, length),
            _ => Wrong,
        };
    }

    // The client's address, the server's, the client's port, the server's, and then anything.
    private static ProxyHeader ParseAddress(ReadOnlySpan<byte> bytes, int length, Span<byte> host)
    {
        int portAt = FixedLength + (2 * host.Length);
        int end = portAt + (2 * sizeof(ushort));
        if (length < end)
        {
            return Wrong;
        }

        if (bytes.Length < end)
        {
            return default;
        }

        bytes.Slice(FixedLength, host.Length).CopyTo(host);
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[portAt..]);
        return new ProxyHeader(ProxyHeaderState.Complete, length, host.Length, port);
    }
}
