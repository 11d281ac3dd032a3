using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// A forked child may not allocate, wait for a lock or start a thread. A trace shows each of them: memory
/// comes from brk, mmap or mprotect, locks wait in futex, threads come from clone3.
/// </summary>
public sealed class ForkSafeChildTests
{
    private static readonly HashSet<string> s_bulkCalls = ["read", "write", "pipe2", "fcntl", "splice", "close"];

    [Fact]
    public void The_servers_child_makes_the_calls_of_its_work_and_no_others()
    {
        using TracedServer server = new();
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal(
            [
                "getpid", "close 3", "rt_sigaction SIGCHLD", "rt_sigaction SIGTERM", "rt_sigaction SIGINT",
                "rt_sigaction SIGHUP", "rt_sigaction SIGUSR1", "rt_sigprocmask SIG_SETMASK", "write 1", "read 4",
                "write 4", "read 4", "close 4", "write 1", "exit_group 0",
            ],
            WithFirst(trace.CallsOf(Assert.Single(trace.Children))));
    }

    [Fact]
    public void The_servers_child_has_default_dispositions_and_nothing_blocked_before_it_serves()
    {
        using TracedServer server = new();
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        IReadOnlyList<SystemCall> calls = trace.CallsOf(Assert.Single(trace.Children));
        Assert.Equal(
            [
                "SIGCHLD, {sa_handler=SIG_DFL", "SIGTERM, {sa_handler=SIG_DFL", "SIGINT, {sa_handler=SIG_IGN",
                "SIGHUP, {sa_handler=SIG_IGN", "SIGUSR1, {sa_handler=SIG_IGN",
            ],
            calls.Where(call => call.Name == "rt_sigaction").Select(call => string.Join(',', call.Arguments.Split(',').Take(2))));

        // In this order: a signal that is unblocked earlier would run the parent's handler in the child.
        SystemCall mask = Assert.Single(calls, call => call.Name == "rt_sigprocmask");
        Assert.StartsWith("SIG_SETMASK, []", mask.Arguments, default);
        Assert.All(calls.Where(call => call.Name == "rt_sigaction"), call => Assert.True(call.IsBefore(mask)));
    }

    [Fact]
    public void For_each_small_message_the_servers_child_makes_two_calls()
    {
        const int Messages = 200;
        const int AroundThem = 13;
        using TracedServer server = new();
        using (Socket client = server.Connect())
        {
            for (int sent = 0; sent < Messages; sent++)
            {
                client.AssertEchoes("x");
            }
        }

        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal((2 * Messages) + AroundThem, trace.CallsOf(Assert.Single(trace.Children)).Count(IsVisible));
    }

    [Fact]
    public void In_bulk_the_servers_child_moves_bytes_and_does_nothing_else()
    {
        using TracedServer server = new();
        Bulk.Echo(server, now => now.Calls.Count(call => call.Name == "splice") > 20);
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        IReadOnlyList<SystemCall> calls = trace.CallsOf(Assert.Single(trace.Children));
        SystemCall firstRead = calls.First(call => call.Name == "read");
        IEnumerable<string> work = trace.CallsFrom(firstRead).Where(IsVisible).Select(call => call.Name).Distinct();
        Assert.Contains("splice", work);
        Assert.Equal(["exit_group"], work.Except(s_bulkCalls));

        // Both ends of every pipe are closed again, and the connection once.
        int pipes = calls.Count(call => call.Name == "pipe2");
        Assert.Equal((2 * pipes) + 1, trace.CallsFrom(firstRead).Count(call => call.Name == "close"));
    }

    [Fact]
    public void A_child_that_reads_a_PROXY_header_and_writes_a_banner_makes_no_other_calls()
    {
        using TracedServer server = new([], ["--proxy-protocol", "--banner", "--ignore-probes"]);
        using (Socket client = server.Connect())
        {
            client.SendText("PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190\r\n");
            _ = client.ReceiveText(1);
            client.SendText("abc");
            client.Shutdown(SocketShutdown.Send);
            Assert.EndsWith("abc", Loopback.ReceiveAll(client), default);
        }

        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        IReadOnlyList<SystemCall> calls = trace.CallsOf(Assert.Single(trace.Children));
        Assert.Equal(
            [
                "ppoll", "read 4", "write 4", "read 4", "write 1", "write 4", "read 4", "close 4", "write 1", "exit_group 0",
            ],
            WithFirst(trace.CallsFrom(calls.First(call => call.Name == "ppoll")))
                .Select(call => call.StartsWith("ppoll", default) ? "ppoll" : call));
    }

    [Theory]
    [InlineData("EINTR", "abc", "3 bytes, 0")]
    [InlineData("ENOMEM", "", ": Cannot allocate memory")]
    public void A_wait_for_the_PROXY_header_that_fails_is_repeated_or_ends_the_session(string error, string reply, string end)
    {
        // strace counts the calls of each process: the parent's first one fails as well.
        using TracedServer server = new(["-e", $"inject=ppoll:error={error}:when=1"], ["--proxy-protocol"]);
        using Socket client = server.Connect();
        client.SendText("PROXY UNKNOWN\r\nabc");
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(reply, Loopback.ReceiveAll(client));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        int child = Assert.Single(trace.Children);
        Assert.Single(trace.Injected, one => one.ProcessId == child);
        Assert.Contains(end, server.Output, default);
    }

    [Theory]
    [InlineData("read", "ECONNRESET")]
    [InlineData("write", "EPIPE")]
    public void A_servers_child_whose_session_fails_makes_no_other_calls(string call, string error)
    {
        int number = Startup.BeyondServer(call);
        using TracedServer server = new("-e", $"inject={call}:error={error}:when={number}");
        using (Socket client = server.Connect())
        {
            Assert.NotEqual(number + 1, Session.Exchange(client, "x", number + 1));
        }

        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        IReadOnlyList<SystemCall> calls = trace.CallsOf(Assert.Single(trace.Children));
        SystemCall failed = calls.First(one => one.IsInjected);
        Assert.Equal(
            [$"{call} 4", "close 4", "write 1", "exit_group 1"], WithFirst(trace.CallsFrom(failed)));
    }

    [Theory]
    [InlineData]
    [InlineData("--verify")]
    [InlineData("--timeout", "30", "--raw", "--verify")]
    public void The_clients_child_makes_the_calls_of_its_work_and_no_others(params string[] options)
    {
        using RunningServer server = new("--bind", "127.0.0.1");
        using TracedProgram client = new(Binary.Client, [.. options, "127.0.0.1", $"{server.Port}"]);
        client.Program.Type("hello\n");
        client.Program.Input.Dispose();
        Assert.Equal(0, client.WaitForExit());
        Trace trace = client.ReadTrace();
        IEnumerable<string> calls = WithFirst(trace.CallsOf(Assert.Single(trace.Children)));
        Assert.Equal(
            [
                "getpid", "close 1", "rt_sigaction SIGCHLD", "rt_sigprocmask SIG_SETMASK", "prctl PR_SET_PDEATHSIG",
                "getppid", "read 0", "write 3", "read 0", "shutdown 3", "close 3", "exit_group 0",
            ],
            calls);
    }

    // clock_gettime(2) enters the kernel only on machines whose clock can't be read without it.
    private static bool IsVisible(SystemCall call) => call.Name != "clock_gettime";

    private static IEnumerable<string> WithFirst(IEnumerable<SystemCall> calls) =>
        calls.Where(IsVisible).Select(call => $"{call.Name} {call.FirstArgument}".Trim());
}
