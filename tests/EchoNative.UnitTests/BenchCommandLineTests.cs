using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class BenchCommandLineTests
{
    private static readonly string[] s_operands = ["ping", "127.0.0.1", "9190"];

    private static readonly Dictionary<string, string> s_values = new()
    {
        ["--connections"] = "7",
        ["--duration"] = "0.25",
        ["--count"] = "99",
        ["--size"] = "12",
        ["--warmup"] = "0",
        ["--timeout"] = "3",
    };

    // Help and version are answered before anything is parsed.
    public static TheoryData<string> OptionNames =>
    [
        .. BenchCommandLine.Command.Options
            .Except([OptionDescription.Help, OptionDescription.Version])
            .Select(option => option.Name),
    ];

    [Fact]
    public void The_usage_begins_with_mode_host_and_port() =>
        Assert.StartsWith("Usage: echo-bench <mode> <host> <port> [", BenchCommandLine.Command.Usage, StringComparison.Ordinal);

    [Theory]
    [InlineData("connect", "Connect", 1, 5)]
    [InlineData("ping", "Ping", 1, 30)]
    [InlineData("stream", "Stream", 1, 65536)]
    [InlineData("hold", "Hold", 1000, 30)]
    public void Each_mode_has_its_defaults(string mode, string parsed, int connections, int size)
    {
        BenchOptions options = Parse(mode, "localhost", "7");
        Assert.Equal(
            (parsed, "localhost", 7, connections, size),
            (options.Mode.ToString(), options.Host, options.Port, options.Connections, options.Size));
        Assert.Equal(TimeSpan.FromSeconds(5), options.Duration);
        Assert.Equal(TimeSpan.FromSeconds(0.5), options.Warmup);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Timeout);
        Assert.Null(options.Count);
        Assert.False(options.Json);
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Each_option_is_parsed_and_changes_something(string name)
    {
        string[] arguments = s_values.TryGetValue(name, out string? value) ? [name, value] : [name];
        Assert.NotEqual(Parse(s_operands), Parse([.. s_operands, .. arguments]));
        Assert.Equal(Parse([.. arguments, .. s_operands]), Parse([.. s_operands, .. arguments]));
    }

    [Fact]
    public void A_count_has_no_warm_up_unless_one_is_given()
    {
        Assert.Equal(TimeSpan.Zero, Parse([.. s_operands, "--count", "5"]).Warmup);
        Assert.Equal(TimeSpan.FromSeconds(2), Parse([.. s_operands, "--count", "5", "--warmup", "2"]).Warmup);
    }

    [Theory]
    [InlineData("5", 5000)]
    [InlineData("0.5", 500)]
    [InlineData("0.001", 1)]
    [InlineData("1.25", 1250)]
    [InlineData("007.5", 7500)]
    [InlineData("1000000", 1_000_000_000)]
    public void Durations_have_up_to_three_decimals(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse([.. s_operands, "--duration", text]).Duration);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0.000")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("0.0001")]
    [InlineData("1,5")]
    [InlineData("1.5.5")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("1s")]
    [InlineData("1\0")]
    [InlineData("1000000.001")]
    [InlineData("99999999999999999999")]
    public void A_text_that_is_not_a_duration_is_refused(string text) =>
        Assert.Equal(
            $"duration '{text}' is not a number of seconds from 0.001 to 1000000, with at most 3 decimals",
            Assert.Throws<UsageException>(() => Parse([.. s_operands, "--duration", text])).Message);

    [Theory]
    [InlineData("the mode, the host and the port are missing")]
    [InlineData("the host and the port are missing", "ping")]
    [InlineData("the port is missing", "ping", "localhost")]
    [InlineData("mode 'pong' is none of connect, ping, stream, hold", "pong", "localhost", "1")]
    [InlineData("mode 'Ping' is none of connect, ping, stream, hold", "Ping", "localhost", "1")]
    [InlineData("the host is empty", "ping", "", "1")]
    [InlineData("host '[::1' has brackets, and is not an IPv6 address such as [::1]", "ping", "[::1", "1")]
    [InlineData("host '1.2.3' is not an IPv4 address: four numbers from 0 to 255", "ping", "1.2.3", "1")]
    [InlineData("port '0' is not a number from 1 to 65535", "ping", "localhost", "0")]
    [InlineData("a mode, a host and a port are enough: '2' is too many", "ping", "localhost", "1", "2")]
    [InlineData("connections '0' is not a number from 1 to 1000000", "ping", "localhost", "1", "--connections", "0")]
    [InlineData("size '0' is not a number from 1 to 1073741824", "ping", "localhost", "1", "--size", "0")]
    [InlineData("count '0' is not a number from 1 to 1000000000000000", "ping", "localhost", "1", "--count", "0")]
    [InlineData("--duration and --count can't both say when to stop", "ping", "localhost", "1", "--count=1", "--duration", "5")]
    [InlineData("option '--size' needs a value: N", "ping", "localhost", "1", "--size")]
    [InlineData("unknown option '--quiet'", "ping", "localhost", "1", "--quiet")]
    public void A_wrong_command_line_is_reported_with_its_reason(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message);

    [Fact]
    public void The_host_may_have_the_brackets_that_a_log_shows() => Assert.Equal("::1", Parse("ping", "[::1]", "1").Host);

    [Fact]
    public void The_largest_count_is_accepted() =>
        Assert.Equal(1_000_000_000_000_000, Parse([.. s_operands, "--count", "1000000000000000"]).Count);

    private static BenchOptions Parse(params string[] arguments) => BenchCommandLine.Parse(arguments);
}
