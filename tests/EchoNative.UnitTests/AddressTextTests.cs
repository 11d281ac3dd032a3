using System;
using System.Net;
using System.Text;
using EchoNative.Shared;
using FsCheck.Xunit;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

/// <summary>Addresses in ASCII, compared with inet_pton(3) and the class library.</summary>
public sealed class AddressTextTests
{
    [Property(MaxTest = 5000, Arbitrary = [typeof(SocketAddressTests.Ipv6Bytes)])]
    public void Any_IPv6_address_is_read_in_the_form_that_programs_write(byte[] bytes)
    {
        IPAddress address = new(bytes);
        Assert.Equal(bytes, ReadIpv6(address.ToString()));
        Assert.Equal(bytes, ReadIpv6(address.ToString().ToUpperInvariant()));
        string shown = SocketAddress.From(bytes, 1).ToString();
        Assert.Equal(address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}:1" : shown, shown);
    }

    [Property(MaxTest = 2000)]
    public void Any_IPv4_address_is_read(byte first, byte second, byte third, byte fourth)
    {
        byte[] bytes = [first, second, third, fourth];
        byte[] host = new byte[4];
        Assert.True(AddressText.TryReadIpv4(Encoding.ASCII.GetBytes(new IPAddress(bytes).ToString()), host));
        Assert.Equal(bytes, host);
        Assert.Equal($"{new IPAddress(bytes)}:65535", SocketAddress.From(bytes, 65535).ToString());
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("1::3:4:5:6:7:8")]
    [InlineData("0001:0:00:000:0000:a:B:fFfF")]
    [InlineData("::1.2.3.4")]
    [InlineData("1:2:3:4:5:6:1.2.3.4")]
    [InlineData("1::6:255.255.255.255")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData("1:2:3:4:5:6:7:8:")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("::1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("1::2::3")]
    [InlineData("1:::2")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData("::-1")]
    [InlineData("1.2.3.4")]
    [InlineData("::1.2.3")]
    [InlineData("::1.2.3.4.5")]
    [InlineData("::1.2.3.256")]
    [InlineData("::01.2.3.4")]
    [InlineData("1.2.3.4::")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("::1 ")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%lo")]
    public void An_IPv6_address_is_read_exactly_where_inet_pton_reads_it(string text)
    {
        bool isOne = !text.Contains('%', StringComparison.Ordinal)
            && text.Contains(':', StringComparison.Ordinal)
            && SocketAddress.TryParse(text, 1, out SocketAddress _);
        Assert.Equal(isOne ? IPAddress.Parse(text).GetAddressBytes() : null, ReadIpv6(text));
    }

    [Property(MaxTest = 5000)]
    public void Any_text_of_these_letters_is_read_exactly_where_inet_pton_reads_it(int seed)
    {
        const string Letters = "::::..0123af";
        Random random = new(seed);
        string text = new(random.GetItems<char>(Letters, random.Next(1, 24)));
        An_IPv6_address_is_read_exactly_where_inet_pton_reads_it(text);
        byte[] host = new byte[4];
        bool isIpv4 = !text.Contains(':', StringComparison.Ordinal) && SocketAddress.TryParse(text, 1, out SocketAddress _);
        Assert.Equal(isIpv4, AddressText.TryReadIpv4(Encoding.ASCII.GetBytes(text), host));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9", 9)]
    [InlineData("65535", 65535)]
    [InlineData("65536", null)]
    [InlineData("655350", null)]
    [InlineData("4294967296", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("00", null)]
    [InlineData("01", null)]
    [InlineData("", null)]
    [InlineData("-1", null)]
    [InlineData("1 ", null)]
    [InlineData("/", null)]
    [InlineData(":", null)]
    public void A_number_is_decimal_without_leading_zeros(string text, int? expected)
    {
        bool isOne = AddressText.TryReadNumber(Encoding.ASCII.GetBytes(text), 65535, out int number);
        Assert.Equal(expected, isOne ? number : null);
    }

    private static byte[]? ReadIpv6(string text)
    {
        byte[] host = new byte[16];
        return AddressText.TryReadIpv6(Encoding.ASCII.GetBytes(text), host) ? host : null;
    }
}
