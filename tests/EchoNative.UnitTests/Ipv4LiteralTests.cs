using System.Net;
using EchoNative.Shared;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class Ipv4LiteralTests
{
    [Property(MaxTest = 500)]
    public void Four_bytes_with_dots_between_them_are_one(byte first, byte second, byte third, byte fourth)
    {
        string text = new IPAddress([first, second, third, fourth]).ToString();
        Assert.True(Ipv4Literal.IsOne(text));
        Assert.True(Ipv4Literal.LooksLikeOne(text));
    }

    [Theory]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3")]
    [InlineData("127.1")]
    [InlineData("9")]
    [InlineData("1.2.3.4.5")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1..3.4")]
    [InlineData(".1.2.3")]
    [InlineData("2130706433")]
    [InlineData("host.1")]
    [InlineData("010.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.00")]
    [InlineData("1.2.3.0x4")]
    [InlineData("127.0.0.0X1")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0x1")]
    public void What_ends_in_a_number_looks_like_one_and_is_none(string text)
    {
        Assert.True(Ipv4Literal.LooksLikeOne(text));
        Assert.False(Ipv4Literal.IsOne(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("echo.example")]
    [InlineData("10.example")]
    [InlineData("1.2.3.4x")]
    [InlineData("1.2.3.")]
    [InlineData("0xcafe.example")]
    [InlineData("box.xyz")]
    [InlineData("::1")]
    [InlineData("fe80::1%lo")]
    [InlineData("fe80::1%eth0.100")]
    [InlineData("::ffff:127.0.0.1")]
    public void Names_and_IPv6_literals_do_not_look_like_one(string text)
    {
        Assert.False(Ipv4Literal.LooksLikeOne(text));
        Assert.False(Ipv4Literal.IsOne(text));
    }
}
