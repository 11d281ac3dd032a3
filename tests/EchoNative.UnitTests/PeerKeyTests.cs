using System.Net;
using EchoNative.Managed;
using EchoNative.Server;
using EchoNative.Shared;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

/// <summary>What --max-per-peer counts as one peer, with the addresses of both engines.</summary>
public sealed class PeerKeyTests
{
    [Theory]

    // An IPv4 address and its mapped form are one peer. Of IPv4, all bits count.
    [InlineData("192.0.2.1", "192.0.2.1", 64, true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 64, true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 1, true)]
    [InlineData("192.0.2.1", "192.0.2.2", 1, false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", 1, false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", 96, false)]

    // The families never collide, whatever the bytes are.
    [InlineData("127.0.0.1", "7f00:1::", 128, false)]
    [InlineData("127.0.0.1", "100:7f::", 128, false)]
    [InlineData("127.0.0.1", "::127.0.0.1", 128, false)]
    [InlineData("127.0.0.1", "::100:7f", 128, false)]
    [InlineData("0.0.0.0", "::", 64, false)]
    [InlineData("127.0.0.1", "::1", 64, false)]
    [InlineData("::ffff:127.0.0.1", "::1", 1, false)]
    [InlineData("::ffff:127.0.0.1", "::fffe:7f00:1", 128, false)]
    [InlineData("::ffff:127.0.0.1", "0:0:0:1:0:ffff:7f00:1", 128, false)]
    [InlineData("::ffff:0.0.0.0", "::ffff:0:0:0", 96, false)]

    // Of an IPv6 address the first bits count.
    [InlineData("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", 64, true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 64, false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 63, true)]
    [InlineData("2001:db8::1", "2001:db8::8000:0:0:1", 65, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 128, false)]
    [InlineData("2001:db8::2", "2001:db8::3", 127, true)]
    [InlineData("2001:db8::1", "2001:db8:ffff:ffff::1", 32, true)]
    [InlineData("2001:db8::1", "2001:db9::1", 32, false)]
    [InlineData("2001:db8::1", "7fff::1", 1, true)]
    [InlineData("2001:db8::1", "8000::1", 1, false)]

    // A link-local address counts whole, with its interface.
    [InlineData("fe80::1%1", "fe80::1%1", 64, true)]
    [InlineData("fe80::1%1", "fe80::1%2", 64, false)]
    [InlineData("fe80::1%1", "fe80::2%1", 64, false)]
    [InlineData("febf::1%1", "febf::2%1", 1, false)]
    [InlineData("febf:ffff:ffff:ffff::1%1", "febf:ffff:ffff:fffe::1%1", 8, false)]
    [InlineData("fec0::1%1", "fec0::2%1", 64, true)]
    [InlineData("fec0::1%1", "fec0::1%2", 64, true)]
    [InlineData("fe7f::1", "fe7f::2", 64, true)]
    public void Addresses_are_one_peer_or_two(string first, string second, int prefix, bool areOne)
    {
        Assert.Equal(areOne, Native(first, prefix) == Native(second, prefix));
        Assert.Equal(areOne, Managed(first, prefix) == Managed(second, prefix));
        Assert.Equal(Native(first, prefix), Managed(first, prefix));
        Assert.Equal(Native(second, prefix), Managed(second, prefix));
    }

    private static PeerKey Native(string text, int prefix)
    {
        // The scope is given by number, since no interface has these names.
        string[] parts = text.Split('%');
        Assert.True(SocketAddress.TryParse(parts[0], 9190, out SocketAddress address), text);
        PeerKey key = parts.Length == 1
            ? Admission.KeyOf(address, prefix)
            : PeerKey.Of(address.Host, uint.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), prefix);
        Assert.Equal(0U, address.Scope);
        return key;
    }

    private static PeerKey Managed(string text, int prefix) => Clients.KeyOf(IPAddress.Parse(text), prefix);
}
