using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

public sealed class SocketAddressTests
{
    private const int Ipv6Length = 16;

    [Property(MaxTest = 2000)]
    public void Any_IPv4_address_is_read_and_shown_as_the_class_library_does(
        byte first, byte second, byte third, byte fourth, ushort port)
    {
        IPAddress address = new([first, second, third, fourth]);
        SocketAddress parsed = Parse(address.ToString(), port);
        Assert.Equal($"{address}:{port}", parsed.ToString());
        Assert.Equal(port, parsed.Port);
        Assert.False(parsed.IsIpv6Any);
    }

    [Property(MaxTest = 5000, Arbitrary = [typeof(Ipv6Bytes)])]
    public void Any_IPv6_address_means_the_same_when_it_is_shown(byte[] bytes, ushort port)
    {
        IPAddress address = new(bytes);
        SocketAddress parsed = Parse(address.ToString(), port);
        string shown = parsed.ToString();
        Assert.Equal(port, parsed.Port);
        Assert.Equal(address.Equals(IPAddress.IPv6Any), parsed.IsIpv6Any);
        if (address.IsIPv4MappedToIPv6)
        {
            Assert.Equal($"{address.MapToIPv4()}:{port}", shown);
            return;
        }

        string end = $"]:{port}";
        Assert.StartsWith("[", shown, StringComparison.Ordinal);
        Assert.EndsWith(end, shown, StringComparison.Ordinal);
        string host = shown[1..^end.Length];
        Assert.Equal(address, IPAddress.Parse(host));
        Assert.Equal(shown, Parse(host, port).ToString());
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:9190")]
    [InlineData("0.0.0.0", "0.0.0.0:9190")]
    [InlineData("255.255.255.255", "255.255.255.255:9190")]
    [InlineData("::1", "[::1]:9190")]
    [InlineData("::", "[::]:9190")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1:9190")]
    [InlineData("::ffff:7f00:1", "127.0.0.1:9190")]
    [InlineData("::fffe:7f00:1", "[::fffe:7f00:1]:9190")]
    [InlineData("1::ffff:7f00:1", "[1::ffff:7f00:1]:9190")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:9190")]
    public void A_literal_is_shown_in_the_usual_form(string text, string shown) =>
        Assert.Equal(shown, Parse(text, 9190).ToString());

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.255.254", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::", false)]
    [InlineData("::2", false)]
    [InlineData("2001::1", false)]
    public void A_loopback_address_is_recognized(string text, bool isLoopback)
    {
        Assert.True(SocketAddress.TryParse(text, 1, out SocketAddress address));
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("127.0.0.1", 1, true)]
    [InlineData("127.0.0.1", 2, false)]
    [InlineData("127.0.0.2", 1, false)]
    [InlineData("::1", 1, false)]
    [InlineData("::ffff:127.0.0.1", 1, false)]
    public void Addresses_are_the_same_if_family_address_and_port_are(string text, int port, bool isSame)
    {
        Assert.True(SocketAddress.TryParse("127.0.0.1", 1, out SocketAddress first));
        Assert.True(SocketAddress.TryParse(text, port, out SocketAddress second));
        Assert.Equal(isSame, first.IsSameAs(second));
        Assert.Equal(isSame, second.IsSameAs(first));
    }

    [Fact]
    public void An_interface_is_read_by_name_and_shown_by_number()
    {
        string index = File.ReadAllText("/sys/class/net/lo/ifindex").Trim();
        Assert.Equal($"[fe80::1%{index}]:1", Parse("fe80::1%lo", 1).ToString());
    }

    [Theory]
    [InlineData("fe80::1%1")]
    [InlineData("fe80::1%3")]
    [InlineData("ff02::1%10")]
    [InlineData("fe80::1%2147483647")]
    public void The_number_of_an_interface_is_read_as_it_is_shown(string text)
    {
        SocketAddress address = Parse(text, 1);
        Assert.Equal($"[{text}]:1", address.ToString());
        Assert.Equal(text.Split('%')[1], address.Scope.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_same_address_at_two_interfaces_is_two_addresses()
    {
        Assert.True(Parse("fe80::1%3", 1).IsSameAs(Parse("fe80::1%3", 1)));
        Assert.False(Parse("fe80::1%3", 1).IsSameAs(Parse("fe80::1%4", 1)));
    }

    [Fact]
    public void The_longest_address_fits()
    {
        const uint HighestScope = int.MaxValue;
        SocketAddress address = Parse("1111:2222:3333:4444:5555:6666:7777:8888", 65535);

        // The offset after family, port, flow and address. The kernel may give so high an interface number.
        Unsafe.As<SocketAddress, uint>(ref Unsafe.AddByteOffset(ref address, 24)) = HighestScope;
        string expected = $"[1111:2222:3333:4444:5555:6666:7777:8888%{HighestScope}]:65535";
        Assert.Equal(expected, address.ToString());
        Assert.InRange(expected.Length, 0, SocketAddress.MaxTextLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(80)]
    [InlineData(443)]
    [InlineData(256)]
    [InlineData(65535)]
    public void The_port_is_in_host_byte_order(int port)
    {
        SocketAddress address = Parse("127.0.0.1", port);
        Assert.Equal(port, address.Port);
        Assert.Equal("127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture), address.ToString());
        Assert.Equal(port, Parse("::1", port).Port);
    }

    [Fact]
    public void Formatting_writes_nothing_behind_the_text()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'#', SocketAddress.MaxTextLength)];
        int length = Parse("127.0.0.1", 1).Format(text);
        Assert.Equal("127.0.0.1:1", Encoding.ASCII.GetString(text.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4\n")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.-4")]
    [InlineData("127.0.0.1\0")]
    [InlineData("127.0.0.1\0.example")]
    [InlineData("\0")]
    [InlineData("::1\0")]
    [InlineData("127.0.0.1:9190")]
    [InlineData("127.0.0.1%lo")]
    [InlineData("localhost")]
    [InlineData("echo.example")]
    [InlineData("[::1]")]
    [InlineData(":::")]
    [InlineData("::1 ")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::12345")]
    [InlineData("::g")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%nosuchinterface")]
    [InlineData("fe80::1%lo\0")]
    [InlineData("fe80::1%lo%lo")]
    [InlineData("fe80::1%0")]
    [InlineData("fe80::1%01")]
    [InlineData("fe80::1%+1")]
    [InlineData("fe80::1% 1")]
    [InlineData("fe80::1%1\0")]
    [InlineData("fe80::1%2147483648")]
    [InlineData("fe80::1%4294967297")]
    [InlineData("%lo")]
    [InlineData("１.2.3.4")]
    [InlineData("\ud800")]
    public void What_is_no_literal_is_refused(string text) =>
        Assert.False(SocketAddress.TryParse(text, 9190, out SocketAddress _));

    private static SocketAddress Parse(string text, int port)
    {
        Assert.True(SocketAddress.TryParse(text, port, out SocketAddress address), text);
        return address;
    }

    /// <summary>Makes addresses with runs of zeros and with the prefixes that are special.</summary>
    internal static class Ipv6Bytes
    {
        private static readonly Gen<byte> s_byte = Gen.Frequency(
            (3, Gen.Constant((byte)0)),
            (1, Gen.Constant((byte)0xff)),
            (2, Gen.Choose(byte.MinValue, byte.MaxValue).Select(value => (byte)value)));

        public static Arbitrary<byte[]> Addresses() => Arb.From(Gen.Frequency(
            (4, s_byte.ArrayOf(Ipv6Length)),
            (1, WithPrefix(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)),
            (1, WithPrefix(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            (1, WithPrefix(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            (1, WithPrefix(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe)),
            (1, Gen.Constant(new byte[Ipv6Length]))));

        private static Gen<byte[]> WithPrefix(params byte[] prefix) =>
            s_byte.ArrayOf(Ipv6Length - prefix.Length).Select(rest => (byte[])[.. prefix, .. rest]);
    }
}
