using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Waiting, removing children and closing, in the parent, when the calls fail.</summary>
public sealed class ServerWaitFaultTests
{
    [Theory]
    [InlineData("EINTR")]
    [InlineData("ENOMEM")]
    public void A_wait_that_fails_is_repeated(string error)
    {
        using TracedServer server = new("-e", $"inject=ppoll:error={error}:when=1..3");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal(3, trace.Injected.Count);
        Assert.Equal(
            error == "EINTR" ? "" : "echo-server: ppoll() error: Cannot allocate memory (clients wait until there is room)\n",
            server.Error);
    }

    [Fact]
    public void Signals_arrive_while_waits_for_clients_fail_and_the_server_does_not_spin()
    {
        // Only waits with a descriptor fail: those that are followed by a pause.
        using TracedServer server = new("-e", "inject=ppoll:error=EINVAL:when=1+2");
        server.WaitFor(_ => server.ReadTrace().Injected.Count >= 3, "the wait has failed three times");
        Trace trace = server.Stop();
        Assert.All(trace.Injected.Take(3), one => Assert.StartsWith("[{", one.Arguments, default));
        Assert.Contains("summary", server.Output, default);
        Assert.Equal(
            "echo-server: ppoll() error: Invalid argument (clients wait until there is room)\n", server.Error);
    }

    [Fact]
    public void A_server_that_can_not_wait_at_all_ends()
    {
        using TracedServer server = new("-e", "inject=ppoll:error=EINVAL");
        Trace trace = server.WaitForExit(expectedStatus: 1);
        Assert.InRange(trace.Injected.Count, 1, 100);
        Assert.StartsWith("echo-server: ppoll() error: Invalid argument", server.Error, default);
    }

    [Fact]
    public void A_stop_serves_all_clients_of_the_queue_however_long_that_takes()
    {
        // Each fork takes 20 ms, so that all together take more than the second after which the queue is made short.
        const int Waiting = 80;
        using TracedServer server = new(["-e", "inject=clone:delay_enter=20000"], ["--max-clients", "0", "--grace", "1000"]);
        server.Signal("STOP");
        Deadline.WaitUntil(() => ProcessTable.StateOf(server.Id) is 'T' or 't', "the server is stopped");
        List<Socket> clients = [.. Enumerable.Range(0, Waiting).Select(_ => server.Connect())];
        server.Signal("TERM");
        server.Signal("CONT");
        Assert.All(clients, client => client.AssertEchoes());
        clients.ForEach(client => client.Dispose());
        Trace trace = server.WaitForExit();
        Assert.Equal(Waiting, trace.Forks.Count);
        Assert.Contains(trace.CallsOf(trace.Main, "listen"), call => call.Arguments.EndsWith(", 0", default));
    }

    [Fact]
    public async Task A_stop_ends_though_clients_come_whose_packets_are_not_dropped()
    {
        // Without the option the packets of all clients pass.
        using TracedServer server = new("-e", "inject=setsockopt:error=ENOPROTOOPT:when=8+");
        Task clients = Task.Run(() =>
        {
            while (Loopback.TryConnect(server.Port) is Socket client)
            {
                client.Dispose();
            }
        });
        server.WaitForRemoved(3);
        server.Signal("TERM");
        Trace trace = server.WaitForExit();
        await clients;
        Assert.NotEmpty(trace.Injected);
        Assert.Contains(trace.CallsOf(trace.Main, "listen"), call => call.Arguments.EndsWith(", 0", default));
    }

    [Fact]
    public void A_server_that_can_not_wait_any_more_ends_and_removes_its_children()
    {
        // The first wait finds the client. Without a wait, SIGCHLD has to be let in by other means.
        using TracedServer server = new("-e", "inject=ppoll:error=EINVAL:when=2+");
        using Socket client = server.Connect();
        _ = server.WaitForExit(expectedStatus: 1);
        Assert.Matches(@"\nremoved proc id: \d+ \(killed by SIG(TERM|KILL)\)\n", server.Output);
        Assert.Equal("echo-server: ppoll() error: Invalid argument (clients wait until there is room)\n", server.Error);
    }

    [Fact]
    public void An_interrupted_waitpid_is_tried_again_in_the_same_handler()
    {
        using TracedServer server = new("-e", "inject=wait4:error=EINTR:when=1..2");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        HandlerRun run = Assert.Single(trace.HandlerRunsOf(trace.Main), one => one.Signal.Signal == "SIGCHLD");
        Assert.Equal(
            ["EINTR", "EINTR", "", "ECHILD"],
            run.Events.OfType<SystemCall>().Where(call => call.Name == "wait4").Select(call => call.Error));
        Assert.Contains($"removed proc id: {trace.Children[0]}\n", server.Output, default);
    }

    [Fact]
    public void Children_that_end_together_are_all_removed_by_one_handler()
    {
        const int Clients = 5;
        using TracedServer server = new();
        List<Socket> clients = [.. Enumerable.Range(0, Clients).Select(_ => server.Connect())];
        Assert.All(clients, client => Assert.Equal(1, Session.Exchange(client, "x", 1)));

        // While the parent is stopped, the signals of its children merge into one.
        RunningProgram.Send(server.Id, "STOP");
        server.WaitFor(one => one is SignalDelivery { Signal: "SIGSTOP" }, "the server is stopped");
        clients.ForEach(client => client.Dispose());
        server.WaitFor(_ => server.ReadTrace().Events.OfType<ProcessEnd>().Count() == Clients, "all children have ended");
        RunningProgram.Send(server.Id, "CONT");
        server.WaitForRemoved(Clients);
        Trace trace = server.Stop();
        IEnumerable<HandlerRun> runs = trace.HandlerRunsOf(trace.Main).Where(run => run.Signal.Signal == "SIGCHLD");
        Assert.Equal(
            Clients, Assert.Single(runs).Events.OfType<SystemCall>().Count(call => call.Name == "wait4" && call.Value > 0));
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EIO")]
    public void The_parent_closes_no_descriptor_twice_if_close_fails(string error)
    {
        // strace suppresses the call, so the socket stays open in the parent. The test does not wait for the end of
        // this client.
        Trace startup = Startup.Server;
        int listening = startup.CallsOf(startup.Main, "close").Count;
        using TracedServer server = new("-e", $"inject=close:error={error}:when={listening}");
        using (Socket client = server.Connect())
        {
            Assert.Equal(1, Session.Exchange(client, "x", 1));
        }

        server.WaitForRemoved(1);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(2);
        Trace trace = server.Stop();
        SystemCall injected = Assert.Single(trace.Injected);
        Assert.True(injected.Is("close", 4), injected.Text);
        _ = Assert.Single(trace.CallsFrom(injected), call => call.Is("close", 4));
    }

    [Fact]
    public void A_heap_that_can_not_be_left_out_of_children_is_copied_to_them()
    {
        // With the sandbox the server does not start: its key must not be copied into children.
        using TracedServer server = new(["-e", "inject=madvise:error=EINVAL"], ["--no-sandbox"]);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Contains(trace.Injected, call => call.Arguments.Contains("MADV_DONTFORK", StringComparison.Ordinal));
        Assert.Empty(server.Error);
    }
}
