using System;
using System.Buffers.Binary;

namespace EchoNative.Shared;

/// <summary>
/// What --max-per-peer counts as one peer. An IPv4 address is a peer, also where a socket for both families shows it as
/// <c>::ffff:192.0.2.1</c>. Of an IPv6 address the first bits count, because its owner can usually choose the others. A
/// link-local address counts whole, together with its interface: two networks may use the same one.
/// </summary>
/// <param name="High">The first 8 bytes of the address.</param>
/// <param name="Low">The last 8 bytes.</param>
/// <param name="Scope">The interface of a link-local address; otherwise 0.</param>
internal readonly record struct PeerKey(ulong High, ulong Low, uint Scope)
{
    private const int Ipv4Length = 4;
    private const int HalfLength = 8; // bytes
    private const int HalfBits = 64;
    private const ulong MappedLow = 0xffff_0000_0000; // ::ffff:0:0/96, see RFC 4291, 2.5.5.2
    private const ulong MappedMask = 0xffff_ffff_0000_0000;
    private const ulong LinkLocalHigh = 0xfe80UL << 48; // fe80::/10, see RFC 4291, 2.5.6
    private const ulong LinkLocalMask = 0xffc0UL << 48;

    /// <summary>The key of an address.</summary>
    /// <param name="host">The address in network byte order: 4 bytes for IPv4, 16 bytes for IPv6.</param>
    /// <param name="scope">The number of the interface where the address is link-local; otherwise not used.</param>
    /// <param name="prefix">How many bits of an IPv6 address count, from 1 to 128.</param>
    public static PeerKey Of(ReadOnlySpan<byte> host, uint scope, int prefix)
    {
        if (host.Length == Ipv4Length)
        {
            return new PeerKey(0, MappedLow | BinaryPrimitives.ReadUInt32BigEndian(host), 0);
        }

        ulong high = BinaryPrimitives.ReadUInt64BigEndian(host);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(host[HalfLength..]);
        if (high == 0 && (low & MappedMask) == MappedLow)
        {
            return new PeerKey(high, low, 0);
        }

        return (high & LinkLocalMask) == LinkLocalHigh
            ? new PeerKey(high, low, scope)
            : new PeerKey(high & FirstBits(prefix), low & FirstBits(prefix - HalfBits), 0);
    }

    // A mask of this many bits: none where the number is 0 or less, all where it is 64 or more.
    private static ulong FirstBits(int count) =>
        count <= 0 ? 0 : ulong.MaxValue << Math.Max(HalfBits - count, 0);
}
