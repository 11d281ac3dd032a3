using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>accept(2) and fork(2) that fail. The server goes on, and every client is served or disconnected.</summary>
public sealed class AcceptFaultTests
{
    [Theory]
    [InlineData("EMFILE", "Too many open files")]
    [InlineData("ENFILE", "Too many open files in system")]
    [InlineData("ENOBUFS", "No buffer space available")]
    [InlineData("ENOMEM", "Cannot allocate memory")]
    public void A_lack_of_resources_at_accept_is_reported_once_and_followed_by_a_pause(string error, string reason)
    {
        const int Failures = 4;
        using TracedServer server = new("-e", $"inject=accept:error={error}:when=1..{Failures}");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal($"echo-server: accept() error: {reason} (clients wait until there is room)\n", server.Error);
        Assert.Equal(Failures, trace.Injected.Count);
        AssertPauseAfterEach(trace);
    }

    [Fact]
    public void Each_series_of_failures_is_reported_once()
    {
        // Call 1 fails, 2 accepts the client, 3 finds no client. Then the same again.
        using TracedServer server = new("-e", "inject=accept:error=EMFILE:when=1..4+3");
        for (int client = 1; client <= 3; client++)
        {
            Assert.Equal("abc", server.Echo("abc"));
            server.WaitForRemoved(client);
        }

        Trace trace = server.Stop();
        Assert.Equal(2, trace.Injected.Count);

        // At most one line a second.
        const string Line = "echo-server: accept() error: Too many open files (clients wait until there is room)\n";
        Assert.StartsWith(Line, server.Error, default);
        Assert.InRange(server.Error.Split('\n').Length, 2, 3);
    }

    [Fact]
    public void A_server_whose_accept_always_fails_stops_when_asked_to()
    {
        using TracedServer server = new("-e", "inject=accept:error=EMFILE");
        using Socket client = server.Connect();
        server.WaitFor(one => one is SystemCall { IsInjected: true, Begin: > 0 }, "accept fails");
        server.Signal("TERM");
        Trace trace = server.WaitForExit();
        Assert.NotEmpty(trace.Injected);
        AssertPauseAfterEach(trace);
        Assert.Empty(trace.Forks);
    }

    [Theory]
    [InlineData("ECONNABORTED")]
    [InlineData("EPROTO")]
    [InlineData("ENETDOWN")]
    [InlineData("ENETUNREACH")]
    [InlineData("EHOSTDOWN")]
    [InlineData("EHOSTUNREACH")]
    [InlineData("ENONET")]
    [InlineData("ENOPROTOOPT")]
    [InlineData("EOPNOTSUPP")]
    [InlineData("ETIMEDOUT")]
    [InlineData("EPERM")]
    [InlineData("EINTR")]
    [InlineData("EAGAIN")]
    public void Errors_of_accept_that_concern_one_client_or_none_are_not_reported(string error)
    {
        using TracedServer server = new("-e", $"inject=accept:error={error}:when=1..3");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal(Enumerable.Repeat(error, 3), trace.Injected.Select(call => call.Error));
        Assert.Empty(server.Error);
        Assert.DoesNotContain(trace.CallsOf(trace.Main, "ppoll"), IsPause);
    }

    [Fact]
    public void An_accept_that_is_refused_as_such_is_reported_and_followed_by_pauses()
    {
        using TracedServer server = new("-e", "inject=accept:error=EPERM");
        using System.Net.Sockets.Socket client = server.Connect();
        Deadline.WaitUntil(() => server.Error.EndsWith('\n'), "the server says so");
        Assert.StartsWith(
            "echo-server: accept() error: Operation not permitted (clients wait until there is room", server.Error, default);
        Trace trace = server.Stop();
        Assert.Contains(trace.CallsOf(trace.Main, "ppoll"), IsPause);
        Assert.InRange(trace.Injected.Count, 1, 200);
    }

    [Theory]
    [InlineData("EAGAIN", "Resource temporarily unavailable")]
    [InlineData("ENOMEM", "Cannot allocate memory")]
    public void When_fork_fails_that_client_is_disconnected_and_the_next_is_served(string error, string reason)
    {
        using TracedServer server = new("-e", $"inject=clone:error={error}:when=1");
        using (Socket client = server.Connect())
        {
            Assert.Empty(Loopback.ReceiveAll(client));
            Deadline.WaitUntil(() => server.Error.EndsWith('\n'), "the server says so");
            Assert.Equal(
                $"echo-server: fork() error: {reason} ({client.LocalEndPoint} was disconnected)\n", server.Error);
        }

        Assert.Equal("next", server.Echo("next"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        SystemCall fork = Assert.Single(trace.Injected);
        Assert.Contains("SIGCHLD", fork.Arguments, default);
        Assert.True(trace.CallsFrom(fork)[1].Is("close", 4), trace.CallsFrom(fork)[1].Text);
        _ = Assert.Single(trace.Forks);
    }

    [Fact]
    public void When_every_fork_fails_that_is_reported_once_a_second_with_the_number_of_clients()
    {
        const int Clients = 15;
        using TracedServer server = new("-e", "inject=clone:error=EAGAIN");
        System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        for (int client = 0; client < Clients; client++)
        {
            using Socket socket = server.Connect();
            Assert.Empty(Loopback.ReceiveAll(socket));
        }

        int seconds = (int)clock.Elapsed.TotalSeconds;
        Trace trace = server.Stop();
        Assert.Equal(Clients, trace.Injected.Count);
        Assert.InRange(server.Error.Split('\n').Length - 1, 1, seconds + 1);
        Assert.Contains($"{Clients} failed forks", server.Output, default);
        AssertPauseAfterEach(trace);
    }

    [Theory]
    [InlineData("EINVAL", "Invalid argument")]
    [InlineData("EBADF", "Bad file descriptor")]
    [InlineData("ENOTSOCK", "Socket operation on non-socket")]
    public void A_server_whose_only_listening_socket_is_dead_ends_after_its_sessions(string error, string reason)
    {
        using TracedServer server = new(["-e", $"inject=accept:error={error}:when=3..4"], ["--grace", "1000"]);
        using Socket first = server.Connect();
        Assert.Equal(1, Session.Exchange(first, "x", 1));
        server.WaitFor(one => one is SystemCall { Name: "accept", Error: "EAGAIN" }, "no other client waits");
        using Socket second = server.Connect();
        Deadline.WaitUntil(() => server.Output.Contains("stopping", default), "it stops");
        Assert.Equal(1, Session.Exchange(first, "x", 1));
        first.Dispose();
        _ = server.WaitForExit(expectedStatus: 1);
        Assert.Equal($"echo-server: accept() error: {reason} (0.0.0.0:{server.Port} takes no more clients)\n", server.Error);
    }

    private static bool IsPause(SystemCall call) =>
        call.Name == "ppoll" && call.Arguments.StartsWith("NULL, 0, {", default) && !call.Arguments.Contains(
            "{tv_sec=0, tv_nsec=0}", default);

    // After every failure the server waits once, until a timeout or a signal: it never spins.
    private static void AssertPauseAfterEach(Trace trace)
    {
        foreach (SystemCall failure in trace.Injected)
        {
            IEnumerable<SystemCall> until = trace.CallsFrom(failure).Skip(1).TakeWhile(call => call.Name != "accept");
            SystemCall pause = Assert.Single(until, IsPause);
            Assert.True(pause.Value == 0 || pause.Error == "ERESTARTNOHAND", pause.Text);
        }
    }

    [Fact]
    public void A_stopping_server_keeps_newcomers_away_and_takes_all_packets_of_the_clients_it_has_accepted()
    {
        using TracedServer server = new([], ["--bind", "127.0.0.1", "--bind", "127.0.0.2"]);
        server.Signal("STOP");
        using Socket client = server.Connect();
        server.Signal("TERM");
        server.Signal("CONT");
        client.AssertEchoes();
        client.Close();
        string[] options =
        [
            .. server.WaitForExit().Calls.Where(call => call.Name == "setsockopt")
                .Select(call => call.Arguments).Where(text => text.Contains("IP_MINTTL", default)),
        ];
        Assert.Equal(
            ["3, SOL_IP, IP_MINTTL, [255], 4", "4, SOL_IP, IP_MINTTL, [255], 4", "5, SOL_IP, IP_MINTTL, [0], 4"], options);
    }
}
