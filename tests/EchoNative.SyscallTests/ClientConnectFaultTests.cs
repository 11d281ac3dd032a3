using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Calls that fail before the client has forked.</summary>
public sealed class ClientConnectFaultTests
{
    // A name with two addresses: /etc/hosts in a mount namespace of the client's own.
    private const string TwoAddresses = """
        folder=$(mktemp -d) && printf '::1 two\n127.0.0.1 two\n' >"$folder/hosts" || exit 99
        mount --bind "$folder/hosts" /etc/hosts && rm "$folder/hosts" 2>/dev/null
        exec "$@"
        """;

    [Theory]
    [InlineData("socket", "EMFILE", "Too many open files")]
    [InlineData("connect", "ECONNREFUSED", "Connection refused")]
    [InlineData("connect", "ETIMEDOUT", "Connection timed out")]
    [InlineData("connect", "ENETUNREACH", "Network is unreachable")]
    public void It_ends_with_the_name_of_the_call_and_the_reason(string call, string error, string reason)
    {
        ClientRun run = new("hello\n", ["-e", $"inject={call}:error={error}:when=1"]);
        Assert.Equal((1, "", $"echo-client: {call}() error: {reason} ({run.Address})\n"), (run.Status, run.Output, run.Error));
        Assert.Equal(error, Assert.Single(run.Trace.Injected).Error);
        Assert.Empty(run.Trace.Forks);
    }

    [Theory]
    [InlineData("EAGAIN", "Resource temporarily unavailable")]
    [InlineData("ENOMEM", "Cannot allocate memory")]
    public void Without_a_second_process_the_client_ends(string error, string reason)
    {
        ClientRun run = new("hello\n", ["-e", $"inject=clone:error={error}:when=1"]);
        Assert.Equal((1, "", $"echo-client: fork() error: {reason} (sending process)\n"), (run.Status, run.Output, run.Error));
        Assert.Contains("SIGCHLD", Assert.Single(run.Trace.Injected).Arguments, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EALREADY")]
    public void An_interrupted_connect_is_continued(string error)
    {
        ClientRun run = new("hello\n", ["-e", $"inject=connect:error={error}:when=1..2"]);
        AssertAllWell(run);
        Assert.Equal(2, run.Trace.Injected.Count);
        Assert.Equal(3, run.Trace.CallsOf(run.Trace.Main, "connect").Count);
        _ = Assert.Single(run.Trace.CallsOf(run.Trace.Main, "socket"));
    }

    [Theory]
    [InlineData("connect", "ECONNREFUSED", "Connection refused")]
    [InlineData("connect", "ETIMEDOUT", "Connection timed out")]
    [InlineData("connect", "EHOSTUNREACH", "No route to host")]
    public void With_a_timeout_the_client_ends_with_the_name_of_the_call_and_the_reason(string call, string error, string reason)
    {
        // The second connect returns the result of the first.
        foreach (int number in new[] { 1, 2 })
        {
            ClientRun run = new("hello\n", ["-e", $"inject={call}:error={error}:when={number}"], "--timeout", "30");
            Assert.Equal(
                (1, "", $"echo-client: {call}() error: {reason} ({run.Address})\n"), (run.Status, run.Output, run.Error));
            Assert.Equal(error, Assert.Single(run.Trace.Injected).Error);
            Assert.Empty(run.Trace.Forks);
        }
    }

    [Theory]
    [InlineData("connect:error=EINTR:when=1..2")]
    [InlineData("connect:error=EINPROGRESS:when=1..2")]
    [InlineData("connect:error=EALREADY:when=1..2")]
    [InlineData("connect:error=EISCONN:when=2")]
    public void With_a_timeout_a_connect_that_is_under_way_is_continued(string fault)
    {
        ClientRun run = new("hello\n", ["-e", $"inject={fault}"], "--timeout", "30");
        AssertAllWell(run);
        Assert.NotEmpty(run.Trace.Injected);
        _ = Assert.Single(run.Trace.CallsOf(run.Trace.Main, "socket"));
    }

    [Fact]
    public void An_interrupted_wait_for_the_connection_is_repeated_for_the_rest_of_the_timeout()
    {
        using SilentListener silent = new();
        using TracedProgram client = new(
            Binary.Client,
            ["--timeout", "6", "127.0.0.1", $"{silent.Port}"],
            ["-e", "inject=ppoll:error=EINTR:delay_exit=300000:when=1..3"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: connect() error: Connection timed out (127.0.0.1:{silent.Port})\n", client.Program.Error);
        Trace trace = client.ReadTrace();
        Assert.Equal(3, trace.Injected.Count);
        double[] waits = [.. trace.CallsOf(trace.Main, "ppoll").Select(SecondsOf)];
        Assert.True(waits.Length >= 4, trace.ToString());
        Assert.InRange(waits[0], 0.5, 6);
        for (int index = 1; index <= 3; index++)
        {
            Assert.True(waits[index] <= waits[index - 1] - 0.299, string.Join(' ', waits));
        }

        Assert.Empty(trace.Forks);
    }

    [Fact]
    public void A_wait_for_the_connection_that_always_fails_ends_the_client_after_a_few_tries()
    {
        const int MostTries = 100;
        using SilentListener silent = new();
        using TracedProgram client = new(
            Binary.Client, ["--timeout", "6", "127.0.0.1", $"{silent.Port}"], ["-e", "inject=ppoll:error=ENOMEM"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: connect() error: Cannot allocate memory (127.0.0.1:{silent.Port})\n", client.Program.Error);
        Assert.InRange(client.ReadTrace().Injected.Count, 1, MostTries);
    }

    [Fact]
    public void The_first_of_two_addresses_gets_half_of_the_timeout_and_the_second_the_rest()
    {
        int port = Loopback.FreePort();
        using SilentListener first = new("::1", port);
        using SilentListener second = new("127.0.0.1", port);
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        using TracedProgram client = new(
            "unshare", [.. namespaces, "sh", "-c", TwoAddresses, "sh", Binary.Client, "--timeout", "6", "two", $"{port}"]);
        Assert.Equal(1, client.WaitForExit());
        Trace trace = client.ReadTrace();
        IReadOnlyList<SystemCall> waits =
            [.. trace.Calls
                .Where(call => call.Name == "ppoll" && call.Arguments.Contains("events=POLLOUT", StringComparison.Ordinal))];
        Assert.InRange(SecondsOf(waits[0]), 0.1, 3);
        Assert.InRange(SecondsOf(waits[^1]), 0, 3);
        Assert.Equal(2, Regex.Count(client.Program.Error, "Connection timed out"));
        Assert.All(waits, wait => Assert.Equal(0, wait.Value));
    }

    [Fact]
    public void Where_a_family_is_missing_the_address_of_the_other_is_taken()
    {
        using RunningServer server = new();
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        using TracedProgram client = new(
            "unshare",
            [.. namespaces, "sh", "-c", TwoAddresses, "sh", Binary.Client, "two", $"{server.Port}"],
            ["-e", "inject=socket:error=EAFNOSUPPORT:when=8"]);
        client.Program.Type("hello\nq\n");
        Assert.True(client.WaitForExit() == 0, client.Program.Transcript);
        Assert.Equal("Message from server: hello\n", client.Program.Output);
        Assert.Contains("AF_INET6, SOCK_STREAM", Assert.Single(client.ReadTrace().Injected).Arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_timeout_connect_is_one_blocking_call()
    {
        ClientRun run = new("hello\n", ["-e", "trace=all"]);
        AssertAllWell(run);
        SystemCall connect = Assert.Single(run.Trace.CallsOf(run.Trace.Main, "connect"));
        Assert.True(connect.Succeeded);
        Assert.DoesNotContain(
            run.Trace.CallsOf(run.Trace.Main), call => call.Begin < run.Trace.Forks[0].Begin && call.Name == "ppoll");
    }

    [Fact]
    public void With_a_timeout_the_socket_is_made_blocking_again_before_the_fork()
    {
        ClientRun run = new("hello\n", ["-e", "trace=all"], "--timeout", "30");
        AssertAllWell(run);
        SystemCall set = Assert.Single(
            run.Trace.CallsOf(run.Trace.Main, "fcntl"), call => call.Arguments.Contains("F_SETFL", StringComparison.Ordinal));
        Assert.Equal("3, F_SETFL, O_RDWR", set.Arguments);
        Assert.True(set.IsBefore(Assert.Single(run.Trace.Forks)));
        Assert.All(run.Trace.CallsOf(run.Trace.Main, "connect"), call => Assert.True(call.IsOn(3)));
    }

    [Theory]
    [InlineData("setsockopt:error=ENOPROTOOPT:when=1")]
    [InlineData("prctl:error=EINVAL:when=1")]
    public void A_call_that_is_not_needed_may_fail(string fault)
    {
        // The other thread sets its name by prctl(2). strace counts the calls of each thread separately.
        ClientRun run = new("hello\n", ["-e", $"inject={fault}"]);
        AssertAllWell(run);
        Assert.Contains(run.Trace.Injected, call => call.Arguments.Contains("TCP_NODELAY", StringComparison.Ordinal)
            || call.Arguments.Contains("PR_SET_PDEATHSIG", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sender_whose_parent_has_ended_sends_nothing()
    {
        ClientRun run = new("hello\n", ["-e", "inject=getppid:retval=1"]);
        int child = Assert.Single(run.Trace.Children);
        Assert.Contains(run.Trace.Injected, call => call.ProcessId == child);
        Assert.DoesNotContain(run.Trace.CallsOf(child), call => call.Name is "read" or "write");
    }

    [Fact]
    public void Each_address_of_a_name_is_tried_once_and_reported()
    {
        using TracedProgram client = new(Binary.Client, ["localhost", "9"], ["-e", "inject=connect:error=ECONNREFUSED"]);
        Assert.Equal(1, client.WaitForExit());
        Trace trace = client.ReadTrace();

        // The name lookup also calls connect, on datagram sockets, to ask the kernel for routes.
        int[] streams =
            [.. trace.CallsOf(trace.Main, "socket").Where(call => Regex.IsMatch(call.Arguments, @"^AF_INET6?, SOCK_STREAM, "))
                .Select(call => call.Begin)];
        Assert.NotEmpty(streams);
        Assert.Matches(@"^echo-client: connect\(\) error: (Connection refused \([^ ]+:9\)(; )?)+\n$", client.Program.Error);
        Assert.Equal(streams.Length, Regex.Count(client.Program.Error, "Connection refused"));
        Assert.Empty(trace.Forks);
    }

    [Fact]
    public void No_library_is_loaded_to_look_a_name_up_for_any_setting_of_the_system()
    {
        // In a mount namespace, nsswitch.conf names a source that is not linked into the program.
        const string Script = """
            if [ "$(id -u)" = 0 ]; then
                printf 'hosts: files systemd dns\n' >"$2" && mount --bind "$2" /etc/nsswitch.conf || exit 99
            fi
            exec "$1" no-such-host.invalid 9
            """;
        string file = Path.GetTempFileName();
        string[] shell = ["sh", "-c", Script, "sh", Binary.Client, file];
        using TracedProgram client = Environment.IsPrivilegedProcess
            ? new TracedProgram("unshare", ["--mount", .. shell])
            : new TracedProgram(shell[0], shell[1..]);
        Assert.Equal(1, client.WaitForExit());
        Assert.StartsWith("echo-client: getaddrinfo() error: ", client.Program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            client.ReadTrace().Calls,
            call => call.Name == "openat" && call.Text.Contains("libnss_systemd", StringComparison.Ordinal));
        File.Delete(file);
    }

    // Of {tv_sec=1, tv_nsec=500000000}.
    private static double SecondsOf(SystemCall wait)
    {
        Match time = Regex.Match(wait.Arguments, @"\{tv_sec=(\d+), tv_nsec=(\d+)\}");
        Assert.True(time.Success, wait.Text);
        return double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)
            + (double.Parse(time.Groups[2].Value, CultureInfo.InvariantCulture) / 1e9);
    }

    private static void AssertAllWell(ClientRun run) =>
        Assert.Equal((0, "Message from server: hello\n", ""), (run.Status, run.Output, run.Error));
}
