using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class ServerCommandLineTests
{
    private static readonly ServerOptions s_defaults = new() { Port = 9190 };

    // For each option that takes a value, one that it accepts.
    private static readonly Dictionary<string, string> s_values = new()
    {
        ["--bind"] = "127.0.0.1",
        ["--backlog"] = "5",
        ["--grace"] = "3",
        ["--max-clients"] = "7",
        ["--busy"] = "refuse",
        ["--user"] = "nobody:nogroup",
        ["--max-per-peer"] = "2",
        ["--peer-prefix"] = "56",
        ["--idle-timeout"] = "60",
        ["--log"] = "json",
        ["--port-file"] = "port",
        ["--sandbox"] = "require",
        ["--ready-fd"] = "3",
    };

    public static TheoryData<string> OptionNames => [.. OptionsThatParse().Select(option => option.Name)];

    [Fact]
    public void The_usage_begins_with_the_words_that_stay()
    {
        Assert.StartsWith("Usage: echo-server <port>", ServerCommandLine.Command.Usage, StringComparison.Ordinal);
        Assert.Equal(
            "Usage: echo-server <port> [--bind ADDRESS] [--backlog N] [--max-clients N] [--busy MODE] [--max-per-peer N]"
                + " [--peer-prefix N] [--idle-timeout SECONDS] [--proxy-protocol] [--banner] [--ignore-probes]"
                + " [--user USER[:GROUP]] [--sandbox MODE] [--no-sandbox] [--grace SECONDS] [--port-file FILE] [--ready-fd N]"
                + " [--inetd] [--log FORMAT] [--timestamps] [--quiet] [--help] [--version]\n",
            ServerCommandLine.Command.Usage);
    }

    [Fact]
    public void A_port_is_enough()
    {
        ServerOptions options = Parse("9190");
        Assert.Equal(9190, options.Port);
        Assert.Equal(["0.0.0.0"], options.Bind);
        Assert.Null(options.PortFile);
        Assert.Null(options.ReadyDescriptor);
        Assert.False(options.Inetd);
        Assert.Null(options.Backlog);
        Assert.Equal(8, options.GraceSeconds);
        Assert.Equal(1000, options.MaxClients);
        Assert.Equal(BusyMode.Wait, options.Busy);
        Assert.Equal(0, options.MaxPerPeer);
        Assert.Equal(64, options.PeerPrefix);
        Assert.Equal(0, options.IdleTimeoutSeconds);
        Assert.False(options.ProxyProtocol);
        Assert.False(options.Banner);
        Assert.False(options.IgnoreProbes);
        Assert.Equal(SandboxMode.WherePossible, options.Sandbox);
        Assert.Equal(LogFormat.Text, options.Log);
        Assert.False(options.Timestamps);
        Assert.False(options.Quiet);
    }

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void Each_option_is_parsed_and_changes_something(string name)
    {
        string[] arguments = s_values.TryGetValue(name, out string? value) ? [name, value] : [name];
        string[] port = name == "--inetd" ? [] : ["9190"];
        Assert.NotEqual(s_defaults, Parse([.. port, .. arguments]));
        Assert.Equivalent(Parse([.. port, .. arguments]), Parse([.. arguments, .. port]), strict: true);
    }

    [Fact]
    public void All_options_can_be_given_together_in_any_order_around_the_port()
    {
        ServerOptions expected = new() { Port = 0, Bind = ["::"], Backlog = 7, GraceSeconds = 0, Quiet = true };
        Assert.Equivalent(expected, Parse("--bind", "::", "--backlog", "7", "--grace", "0", "--quiet", "0"));
        Assert.Equivalent(expected, Parse("0", "--quiet", "--grace=0", "--backlog=7", "--bind=::"));
        Assert.Equivalent(expected, Parse("--quiet", "--bind=::", "0", "--grace", "0", "--backlog", "7"));
        Assert.Equivalent(expected, Parse("--quiet", "--bind=::", "--grace=0", "--backlog=7", "--", "0"));
    }

    [Fact]
    public void The_last_value_of_an_option_wins()
    {
        ServerOptions options = Parse("--grace=1", "--backlog=2", "1", "--grace", "3", "--backlog", "4");
        Assert.Equal(new ServerOptions { Port = 1, Backlog = 4, GraceSeconds = 3 }, options);
    }

    [Fact]
    public void Each_address_is_added_in_the_order_in_which_it_was_given() =>
        Assert.Equal(["b", "a", "b"], Parse("--bind=b", "1", "--bind", "a", "--bind=b").Bind);

    [Theory]
    [InlineData("[::1]", "::1")]
    [InlineData("[fe80::1%3]", "fe80::1%3")]
    [InlineData("[127.0.0.1]", "[127.0.0.1]")]
    [InlineData("[localhost]", "[localhost]")]
    [InlineData("[::1", "[::1")]
    [InlineData("::1]", "::1]")]
    [InlineData("[[::1]]", "[[::1]]")]
    [InlineData("[::1]:9190", "[::1]:9190")]
    [InlineData("[]", "[]")]
    [InlineData("[", "[")]
    public void An_IPv6_address_loses_its_brackets_and_no_other_text_does(string typed, string address)
    {
        Assert.Equal([address], Parse("1", "--bind", typed).Bind);
        Assert.Equal(["::", address], Parse("1", "--bind", "::", "--bind", typed).Bind);
    }

    [Fact]
    public void With_passed_sockets_no_port_is_needed()
    {
        ServerOptions options = ServerCommandLine.Parse(["--grace", "3"], passedSockets: 2);
        Assert.Equal((2, 3), (options.PassedSockets, options.GraceSeconds));
        Assert.Equal(5, ServerCommandLine.Parse(["--ready-fd=5"], passedSockets: 2).ReadyDescriptor);
    }

    [Theory]
    [InlineData("LISTEN_FDS passes sockets that listen already: a port or --bind is too many", "9190")]
    [InlineData("LISTEN_FDS passes sockets that listen already: a port or --bind is too many", "--bind", "::1")]
    [InlineData("ready-fd 3 is one of the sockets that LISTEN_FDS passes", "--ready-fd", "3")]
    [InlineData("ready-fd 4 is one of the sockets that LISTEN_FDS passes", "--ready-fd", "4")]
    public void Options_that_contradict_passed_sockets_are_refused(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => ServerCommandLine.Parse(arguments, passedSockets: 2)).Message);

    [Fact]
    public void With_inetd_passed_sockets_are_ignored()
    {
        string[] arguments =
        [
            "--inetd", "--idle-timeout=5", "--proxy-protocol", "--banner", "--ignore-probes", "--log=json", "--timestamps",
            "--quiet", "--no-sandbox",
        ];
        Assert.Equal(0, ServerCommandLine.Parse(arguments, passedSockets: 2).PassedSockets);
    }

    [Theory]
    [InlineData("--backlog", "1", "2147483647")]
    [InlineData("--grace", "0", "1000000")]
    [InlineData("--peer-prefix", "1", "128")]
    public void The_limits_of_an_option_are_accepted(string name, string lowest, string highest)
    {
        _ = Parse("1", name, lowest);
        _ = Parse("1", name, highest);
    }

    [Theory]
    [InlineData("the port is missing")]
    [InlineData("the port is missing", "--quiet")]
    [InlineData("the port is missing", "--")]
    [InlineData("the port is missing", "--bind", "9190")]
    [InlineData("port '' is not a number from 0 to 65535", "")]
    [InlineData("port '-' is not a number from 0 to 65535", "-")]
    [InlineData("port '-1' is not a number from 0 to 65535", "-1")]
    [InlineData("port '--quiet' is not a number from 0 to 65535", "--", "--quiet")]
    [InlineData("port '9x' is not a number from 0 to 65535", "9x")]
    [InlineData("port '65536' is not a number from 0 to 65535", "65536")]
    [InlineData("one port is enough: '2' is too many", "1", "2")]
    [InlineData("one port is enough: '2' is too many", "1", "--", "2")]
    [InlineData("one port is enough: '0' is too many", "0", "0")]
    [InlineData("backlog '0' is not a number from 1 to 2147483647", "1", "--backlog", "0")]
    [InlineData("backlog '' is not a number from 1 to 2147483647", "1", "--backlog=")]
    [InlineData("backlog '-1' is not a number from 1 to 2147483647", "1", "--backlog", "-1")]
    [InlineData("grace '1000001' is not a number from 0 to 1000000", "1", "--grace", "1000001")]
    [InlineData("grace '1s' is not a number from 0 to 1000000", "1", "--grace", "1s")]
    [InlineData("option '--bind' needs a value: ADDRESS", "1", "--bind")]
    [InlineData("option '--backlog' needs a value: N", "1", "--backlog")]
    [InlineData("option '--grace' needs a value: SECONDS", "1", "--grace")]
    [InlineData("option '--quiet' takes no value", "1", "--quiet=yes")]
    [InlineData("user '' is not USER or USER:GROUP", "1", "--user", "")]
    [InlineData("user 'a:' is not USER or USER:GROUP", "1", "--user", "a:")]
    [InlineData("user ':b' is not USER or USER:GROUP", "1", "--user=:b")]
    [InlineData("user 'a:b:c' is not USER or USER:GROUP", "1", "--user=a:b:c")]
    [InlineData("busy 'drop' is neither wait nor refuse", "1", "--busy", "drop")]
    [InlineData("busy '' is neither wait nor refuse", "1", "--busy=")]
    [InlineData("a port has no meaning with --inetd", "--inetd", "1")]
    [InlineData("--bind has no meaning with --inetd", "--bind=::1", "--inetd")]
    [InlineData("--grace has no meaning with --inetd", "--grace=10", "--inetd")]
    [InlineData("--port-file has no meaning with --inetd", "--inetd", "--quiet", "--port-file", "f", "1")]
    [InlineData("ready-fd '2' is not a number from 3 to 2147483647", "1", "--ready-fd", "2")]
    [InlineData("the name of the port-file is empty", "1", "--port-file=")]
    [InlineData("sandbox 'on' is not require", "1", "--sandbox=on")]
    [InlineData("sandbox '' is not require", "1", "--sandbox=")]
    [InlineData("--sandbox=require and --no-sandbox contradict each other", "1", "--sandbox=require", "--no-sandbox")]
    [InlineData("--sandbox=require and --no-sandbox contradict each other", "1", "--no-sandbox", "--sandbox", "require")]
    [InlineData("log 'xml' is neither text nor json", "1", "--log", "xml")]
    [InlineData("log 'JSON' is neither text nor json", "1", "--log=JSON")]
    [InlineData("option '--timestamps' takes no value", "1", "--timestamps=yes")]
    [InlineData("max-clients '-1' is not a number from 0 to 4194304", "1", "--max-clients=-1")]
    [InlineData("max-per-peer '0' is not a number from 1 to 4194304", "1", "--max-per-peer", "0")]
    [InlineData("peer-prefix '0' is not a number from 1 to 128", "1", "--peer-prefix", "0")]
    [InlineData("peer-prefix '129' is not a number from 1 to 128", "1", "--peer-prefix=129")]
    [InlineData("--peer-prefix has no meaning with --inetd", "--inetd", "--peer-prefix=64")]
    [InlineData("idle-timeout '0' is not a number from 1 to 1000000", "1", "--idle-timeout", "0")]
    [InlineData("unknown option '--raw'", "1", "--raw")]
    [InlineData("unknown option '-q'", "-q", "1")]
    public void A_wrong_command_line_is_reported_with_its_reason(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message);

    // Help and version are answered before anything is parsed.
    private static IEnumerable<OptionDescription> OptionsThatParse() =>
        ServerCommandLine.Command.Options.Except([OptionDescription.Help, OptionDescription.Version]);

    private static ServerOptions Parse(params string[] arguments) => ServerCommandLine.Parse(arguments);
}
