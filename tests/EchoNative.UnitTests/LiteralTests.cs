using System.Net;
using EchoNative.Managed;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

/// <summary>Both engines accept the same texts as addresses, and write addresses in the same way.</summary>
public sealed class LiteralTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::1%lo")]
    [InlineData("::1%1")]
    [InlineData("fe80::1%1")]
    [InlineData("fe80::1%99")]
    [InlineData("fe80::1%2147483647")]
    [InlineData("fe80::1%2147483648")]
    [InlineData("fe80::1%4294967297")]
    [InlineData("fe80::1%0")]
    [InlineData("fe80::1%01")]
    [InlineData("fe80::1%+1")]
    [InlineData("fe80::1% 1")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%nosuchinterface")]
    [InlineData("fe80::1%lo%lo")]
    [InlineData("127.0.0.1%1")]
    [InlineData("localhost")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("127.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("127.0.0.1 ")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1/64")]
    [InlineData(":::")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    public void A_text_is_an_address_for_both_or_for_neither_and_is_written_in_the_same_way(string text)
    {
        bool isLiteral = SocketAddress.TryParse(text, 9190, out SocketAddress other);
        Assert.Equal(isLiteral, Literal.TryParse(text, out IPAddress? address));
        if (isLiteral)
        {
            Assert.Equal(other.ToString(), PeerText.Of(new IPEndPoint(address!, 9190)));
        }
    }
}
