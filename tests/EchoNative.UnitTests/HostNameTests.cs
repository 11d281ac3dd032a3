using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

public sealed class HostNameTests
{
    [Fact]
    public void The_name_localhost_is_an_address_of_this_machine()
    {
        string[] found = [.. HostName.Resolve("localhost", 9190).Select(address => address.ToString())];
        Assert.NotEmpty(found);
        Assert.All(found, address => Assert.True(
            address == "[::1]:9190" || address.StartsWith("127.", StringComparison.Ordinal), address));
        Assert.All(found, address => Assert.EndsWith(":9190", address, StringComparison.Ordinal));

        // Each address once: without a socket type, getaddrinfo(3) would repeat them for datagrams.
        Assert.Equal(found.Distinct(), found);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:1")]
    [InlineData("::1", "[::1]:1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1:1")]
    public void A_literal_is_its_own_address(string host, string shown)
    {
        IReadOnlyList<SocketAddress> found = HostName.Resolve(host, 1);
        Assert.Equal(shown, Assert.Single(found).ToString());
    }

    [Fact]
    public void Of_a_family_only_addresses_of_that_family_are_found()
    {
        Assert.Equal("127.0.0.1:1", Assert.Single(HostName.Resolve("127.0.0.1", 1, IpFamily.Ipv4)).ToString());
        Assert.Equal("[::1]:1", Assert.Single(HostName.Resolve("::1", 1, IpFamily.Ipv6)).ToString());
        string[] found = [.. HostName.Resolve("localhost", 1, IpFamily.Ipv4).Select(address => address.ToString())];
        Assert.NotEmpty(found);
        Assert.All(found, address => Assert.StartsWith("127.", address, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("::1", IpFamily.Ipv4)]
    [InlineData("127.0.0.1", IpFamily.Ipv6)]
    public void A_literal_of_the_other_family_has_no_address(string host, IpFamily family)
    {
        PosixException exception = Assert.Throws<PosixException>(() => HostName.Resolve(host, 1, family));
        Assert.StartsWith("getaddrinfo() error: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("fe80::1%2147483647", false)]
    public void A_loopback_address_of_this_machine_has_a_route(string text, bool hasRoute)
    {
        Assert.True(SocketAddress.TryParse(text, 0, out SocketAddress address));
        Assert.Equal(hasRoute, HostName.HasRoute(address));
    }

    [Theory]
    [InlineData("fe80::1%0")]
    [InlineData("fe80::1%01")]
    [InlineData("fe80::1%nosuchinterface")]
    [InlineData("127.0.0.1:9190")]
    public void What_has_a_colon_and_is_no_literal_is_not_looked_up(string host) =>
        Assert.Equal(
            $"getaddrinfo() error: Name or service not known ({host})",
            Assert.Throws<PosixException>(() => HostName.Resolve(host, 1)).Message);

    [Theory]
    [InlineData("nosuch.invalid")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1.2.3.4 ")]
    [InlineData("localhost\0")]
    [InlineData("127.0.0.1\0")]
    public void A_name_without_an_address_is_an_error_with_its_reason(string host)
    {
        PosixException exception = Assert.Throws<PosixException>(() => HostName.Resolve(host, 9190));
        Assert.StartsWith("getaddrinfo() error: ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($" ({host})", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("error:  ", exception.Message, StringComparison.Ordinal);
    }
}
