using System;
using System.Linq;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class ClientCommandLineTests
{
    private static readonly ClientOptions s_defaults = new() { Host = "echo.example", Port = 9190 };

    // Help and version are answered before anything is parsed.
    public static TheoryData<string> OptionNames =>
    [
        .. ClientCommandLine.Command.Options
            .Except([OptionDescription.Help, OptionDescription.Version])
            .Select(option => option.Name),
    ];

    [Fact]
    public void The_usage_begins_with_the_words_that_stay()
    {
        Assert.StartsWith("Usage: echo-client <IP> <port>", ClientCommandLine.Command.Usage, StringComparison.Ordinal);
        Assert.Equal(
            "Usage: echo-client <IP> <port> [-4] [-6] [--timeout SECONDS] [--wait SECONDS] [--raw] [--verify] [--quiet] [--help] "
                + "[--version]\n",
            ClientCommandLine.Command.Usage);
    }

    [Fact]
    public void A_host_and_a_port_are_enough()
    {
        ClientOptions options = Parse("127.0.0.1", "9190");
        Assert.Equal("127.0.0.1", options.Host);
        Assert.Equal(9190, options.Port);
        Assert.Equal(AddressChoice.Any, options.Addresses);
        Assert.Null(options.Timeout);
        Assert.False(options.Raw);
        Assert.False(options.Verify);
        Assert.False(options.Quiet);
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Each_option_is_parsed_and_changes_something(string name)
    {
        string[] option = name is "--timeout" or "--wait" ? [name, "3"] : [name];
        ClientOptions expected = Parse(["echo.example", "9190", .. option]);
        Assert.NotEqual(s_defaults, expected);
        Assert.Equal(expected, Parse([.. option, "echo.example", "9190"]));
        Assert.Equal(expected, Parse(["echo.example", .. option, "9190"]));
        Assert.Equal(expected, Parse([.. option, .. option, "--", "echo.example", "9190"]));
    }

    [Fact]
    public void All_options_can_be_given_together() =>
        Assert.Equal(
            new ClientOptions
            {
                Host = "echo.example",
                Port = 1,
                Addresses = AddressChoice.Ipv6,
                Timeout = TimeSpan.FromSeconds(2.5),
                Raw = true,
                Verify = true,
                Quiet = true,
            },
            Parse("--quiet", "echo.example", "--raw", "-6", "1", "--verify", "--timeout=2.5"));

    [Theory]
    [InlineData("-4", AddressChoice.Ipv4, "127.0.0.1")]
    [InlineData("-4", AddressChoice.Ipv4, "echo.example")]
    [InlineData("-6", AddressChoice.Ipv6, "::1")]
    [InlineData("-6", AddressChoice.Ipv6, "fe80::1%eth0.100")]
    [InlineData("-6", AddressChoice.Ipv6, "::ffff:127.0.0.1")]
    [InlineData("-6", AddressChoice.Ipv6, "echo.example")]
    internal void A_family_goes_with_names_and_with_its_own_literals(string option, AddressChoice addresses, string host) =>
        Assert.Equal(new ClientOptions { Host = host, Port = 1, Addresses = addresses }, Parse(option, host, "1"));

    [Theory]
    [InlineData("0.001", 1)]
    [InlineData("1", 1000)]
    [InlineData("1000000", 1_000_000_000)]
    public void A_timeout_is_in_seconds(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse("--timeout", text, "localhost", "1").Timeout);

    [Fact]
    public void A_wait_is_in_seconds_too_and_there_is_none_by_default()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(250), Parse("--wait", "0.25", "localhost", "1").Wait);
        Assert.Null(Parse("--timeout", "1", "localhost", "1").Wait);
        Assert.Null(Parse("--wait", "1", "localhost", "1").Timeout);
        Assert.Equal(
            "wait '0' is not a number of seconds from 0.001 to 1000000, with at most 3 decimals",
            Assert.Throws<UsageException>(() => Parse("--wait=0", "localhost", "1")).Message);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("echo.example")]
    [InlineData("::1")]
    [InlineData("fe80::1%lo")]
    [InlineData("fe80::1%eth0.100")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("4.example")]
    public void A_host_may_be_a_name_or_a_literal(string host) => Assert.Equal(host, Parse(host, "1").Host);

    [Theory]
    [InlineData("[::1]", "::1")]
    [InlineData("[fe80::1%3]", "fe80::1%3")]
    public void A_literal_may_have_the_brackets_that_a_log_shows(string typed, string host)
    {
        Assert.Equal(host, Parse(typed, "1").Host);
        Assert.Equal(host, Parse("-6", typed, "1").Host);
        Assert.Equal(
            $"host '{host}' is an IPv6 address, and -4 wants IPv4",
            Assert.Throws<UsageException>(() => Parse("-4", typed, "1")).Message);
    }

    [Theory]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[[::1]]")]
    [InlineData("[]")]
    [InlineData("[::1]:9190")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[localhost]")]
    public void Other_brackets_are_refused(string host) =>
        Assert.Equal(
            $"host '{host}' has brackets, and is not an IPv6 address such as [::1]",
            Assert.Throws<UsageException>(() => Parse(host, "9190")).Message);

    [Theory]
    [InlineData("9")]
    [InlineData("127.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("0x7f.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f000001")]
    public void A_host_that_ends_in_a_number_must_be_an_IPv4_address(string host) =>
        Assert.Equal(
            $"host '{host}' is not an IPv4 address: four numbers from 0 to 255",
            Assert.Throws<UsageException>(() => Parse(host, "9190")).Message);

    [Theory]
    [InlineData("the host and the port are missing")]
    [InlineData("the host and the port are missing", "--raw")]
    [InlineData("the host and the port are missing", "--")]
    [InlineData("the port is missing", "localhost")]
    [InlineData("the port is missing", "--quiet", "localhost")]
    [InlineData("the host is empty", "", "9190")]
    [InlineData("port '0' is not a number from 1 to 65535", "localhost", "0")]
    [InlineData("port '-1' is not a number from 1 to 65535", "localhost", "-1")]
    [InlineData("port '' is not a number from 1 to 65535", "localhost", "")]
    [InlineData("port '65536' is not a number from 1 to 65535", "localhost", "65536")]
    [InlineData("port '--raw' is not a number from 1 to 65535", "--", "localhost", "--raw")]
    [InlineData("a host and a port are enough: 'x' is too many", "localhost", "1", "x")]
    [InlineData("option '--raw' takes no value", "localhost", "1", "--raw=1")]
    [InlineData("option '--timeout' needs a value: SECONDS", "localhost", "1", "--timeout")]
    [InlineData("host '127.0.0.1' is an IPv4 address, and -6 wants IPv6", "-6", "127.0.0.1", "1")]
    [InlineData("host '127.0.0.1' is an IPv4 address, and -6 wants IPv6", "127.0.0.1", "1", "-6")]
    [InlineData("host '::1' is an IPv6 address, and -4 wants IPv4", "::1", "1", "-4")]
    [InlineData("host '::ffff:127.0.0.1' is an IPv6 address, and -4 wants IPv4", "-4", "::ffff:127.0.0.1", "1")]
    [InlineData("-4 and -6 can't both say how to connect", "-4", "localhost", "1", "-6")]
    [InlineData("-4 and -6 can't both say how to connect", "-6", "-4", "localhost", "1")]
    [InlineData("port '-4' is not a number from 1 to 65535", "localhost", "--", "-4")]
    [InlineData("port 'localhost' is not a number from 1 to 65535", "-46", "localhost", "1")]
    [InlineData("unknown option '--bind'", "localhost", "1", "--bind=::")]
    public void A_wrong_command_line_is_reported_with_its_reason(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message);

    [Theory]
    [InlineData("0", "--timeout", "0")]
    [InlineData("-1", "--timeout=-1")]
    [InlineData("1000001", "--timeout=1000001")]
    public void A_timeout_out_of_range_is_refused(string text, params string[] option) =>
        Assert.Equal(
            $"timeout '{text}' is not a number of seconds from 0.001 to 1000000, with at most 3 decimals",
            Assert.Throws<UsageException>(() => Parse(["localhost", "1", .. option])).Message);

    private static ClientOptions Parse(params string[] arguments) => ClientCommandLine.Parse(arguments);
}
