using System;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class BindAddressesTests
{
    [Theory]
    [InlineData("", "127.0.0.1:9 [::1]:9", "localhost")]
    [InlineData("", "127.0.0.1:9 [::1]:9", "LocalHost")]
    [InlineData("", "[::2]:9 127.0.0.1:9 [::1]:9 127.0.0.2:9", "::2", "localhost", "127.0.0.2")]
    [InlineData("127.0.0.1:9", "[::1]:9", "localhost")]
    [InlineData("[::1]:9", "127.0.0.1:9", "localhost")]
    [InlineData("127.0.0.1:9 [::1]:9", "127.0.0.1:9 [::1]:9", "localhost")]
    [InlineData("127.0.0.1:9", "127.0.0.1:9", "127.0.0.1")]
    [InlineData("", "[fe80::1%3]:9 [fe80::1%4]:9", "fe80::1%3", "fe80::1%4")]
    public void Values_are_addresses_in_their_order_and_localhost_those_that_the_machine_has(
        string missing, string addresses, params string[] values) =>
        Assert.Equal(addresses, Read(missing, values));

    [Theory]
    [InlineData("address '127.0.0.1' is given twice", "127.0.0.1", "::1", "127.0.0.1")]
    [InlineData("address '0::1' is given twice", "::1", "0::1")]
    [InlineData("address '::ffff:127.0.0.1' is given twice", "127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("address 'fe80::1%3' is given twice", "fe80::1%3", "fe80::1%3")]
    [InlineData("address 'localhost' is given twice: localhost is 127.0.0.1 and ::1", "localhost", "localhost")]
    [InlineData("address 'localhost' is given twice: localhost is 127.0.0.1 and ::1", "::1", "localhost")]
    [InlineData("address '::1' is given twice: localhost is 127.0.0.1 and ::1", "localhost", "::1")]
    [InlineData("address 'echo.example' is not an IPv4 or IPv6 address", "echo.example")]
    [InlineData("address 'localhost.' is not an IPv4 or IPv6 address", "localhost.")]
    [InlineData("address 'localhost4' is not an IPv4 or IPv6 address", "localhost4")]
    [InlineData("address '' is not an IPv4 or IPv6 address", "")]
    [InlineData("address '[127.0.0.1]' is not an IPv4 or IPv6 address", "[127.0.0.1]")]
    public void Other_names_and_addresses_given_twice_are_wrong_usage(string message, params string[] values) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read("", values)).Message);

    private static string Read(string missing, string[] values) => string.Join(
        ' ',
        BindAddresses.Read(
            values,
            (string text, out SocketAddress address) => SocketAddress.TryParse(text, 9, out address),
            address => !missing.Contains(address.ToString(), StringComparison.Ordinal),
            message => new UsageException(message)));
}
