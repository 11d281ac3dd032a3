using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>What the server does for one connection, call by call.</summary>
public sealed class ServerStoryTests(ServerRecording recording) : IClassFixture<ServerRecording>
{
    private readonly Trace _trace = recording.Trace;

    private int Parent => _trace.Main;

    private int Child => Assert.Single(_trace.Children);

    private SystemCall Fork => Assert.Single(_trace.Forks);

    private SystemCall Accept => Assert.Single(_trace.CallsOf(Parent, "accept"), call => call.Succeeded);

    private int Listening => Assert.Single(_trace.CallsOf(Parent, "socket")).Value;

    private int Connected => Accept.Value;

    [Fact]
    public void The_handler_is_installed_before_the_socket_is_made_bound_and_listened_on()
    {
        List<SystemCall> story =
        [
            Assert.Single(_trace.CallsOf(Parent, "rt_sigaction"), call => call.FirstArgument == "SIGCHLD"),
            Assert.Single(_trace.CallsOf(Parent, "socket")),
            Assert.Single(_trace.CallsOf(Parent, "bind")),
            Assert.Single(_trace.CallsOf(Parent, "listen")),
            Accept,
            Fork,
        ];
        Assert.Equal(story.OrderBy(call => call.Begin), story);
        Assert.All(story, call => Assert.True(call.Succeeded, call.Text));
    }

    [Fact]
    public void The_server_binds_to_all_addresses() =>
        Assert.Contains("inet_addr(\"0.0.0.0\")", _trace.CallsOf(Parent, "bind")[0].Arguments, default);

    [Fact]
    public void SO_REUSEADDR_is_set_before_the_socket_is_bound()
    {
        SystemCall reuse = Assert.Single(
            _trace.Calls, call => call.Name == "setsockopt" && call.Arguments.Contains("SO_REUSEADDR, [1]", default));
        Assert.True(reuse.IsBefore(_trace.CallsOf(Parent, "bind")[0]));
    }

    [Fact]
    public void Clients_are_accepted_by_plain_accept_on_the_listening_socket()
    {
        Assert.DoesNotContain(_trace.Calls, call => call.Name == "accept4");
        Assert.True(Accept.IsOn(Listening));
    }

    [Fact]
    public void There_is_one_fork_for_one_client()
    {
        Assert.True(Accept.IsBefore(Fork));
        Assert.Contains("SIGCHLD", Fork.Arguments, default);
    }

    [Fact]
    public void The_child_closes_the_listening_socket_before_it_touches_the_connected_one()
    {
        SystemCall close = Assert.Single(_trace.CallsOf(Child), call => call.Is("close", Listening));
        SystemCall touch = _trace.CallsOf(Child).First(call => call.IsOn(Connected));
        Assert.True(close.IsBefore(touch), $"{close} / {touch}");
    }

    [Fact]
    public void The_child_closes_the_listening_socket_before_anything_else_of_its_own()
    {
        // getpid(2) is a part of the fork: it overwrites what is left of the key.
        SystemCall first = _trace.CallsOf(Child).First(call => call.Name != "getpid");
        Assert.True(first.Is("close", Listening), first.Text);
    }

    [Fact]
    public void The_parent_closes_the_connected_socket_right_after_the_fork()
    {
        SystemCall next = _trace.CallsFrom(Fork)[1];
        Assert.True(next.Is("close", Connected), next.Text);
        _ = Assert.Single(_trace.CallsFrom(Fork), call => call.Is("close", Connected));
    }

    [Fact]
    public void The_parent_never_reads_or_writes_the_connected_socket() =>
        Assert.All(_trace.CallsFrom(Accept).Where(call => call.IsOn(Connected)), call => Assert.Equal("close", call.Name));

    [Fact]
    public void The_child_reads_and_writes_until_the_end_of_file_closes_and_exits()
    {
        IEnumerable<string> story = _trace.CallsOf(Child)
            .Where(call => call.IsOn(Connected) || call.Name == "exit_group")
            .Select(call => $"{call.Name} {call.Result}");
        Assert.Equal(["read 4", "write 4", "read 4", "write 4", "read 0", "close 0", "exit_group ?"], story);
        Assert.Equal("exit_group(0)", _trace.CallsOf(Child)[^1].Text.Split(' ')[0]);
        Assert.Equal("exited with 0", Assert.Single(_trace.Events.OfType<ProcessEnd>(), end => end.ProcessId == Child).Text);
    }

    [Fact]
    public void Every_line_of_the_log_is_one_write()
    {
        IEnumerable<SystemCall> writes = _trace.Calls.Where(call => call.Is("write", 1));
        Assert.Equal(recording.Output.Count(letter => letter == '\n'), writes.Count());
        Assert.All(writes, call => Assert.EndsWith("\\n\"", call.Arguments[..call.Arguments.LastIndexOf(',')], default));
    }

    [Fact]
    public void The_child_says_that_it_is_connected_before_it_reads_and_disconnected_after_it_has_closed()
    {
        IReadOnlyList<SystemCall> calls = _trace.CallsOf(Child);
        SystemCall connected = Assert.Single(calls, call => call.Arguments.StartsWith("1, \"new client connected... ", default));
        SystemCall disconnected = Assert.Single(
            calls, call => call.Arguments.StartsWith("1, \"client disconnected... ", default));
        Assert.True(connected.IsBefore(calls.First(call => call.Is("read", Connected))));
        Assert.True(calls.First(call => call.Is("close", Connected)).IsBefore(disconnected));
    }

    [Fact]
    public void The_handler_waits_until_no_dead_child_is_left_and_logs_each()
    {
        HandlerRun run = Assert.Single(_trace.HandlerRunsOf(Parent), one => one.Signal.Signal == "SIGCHLD");
        List<SystemCall> calls = [.. run.Events.Cast<SystemCall>()];
        Assert.Equal(["wait4", "write", "wait4", "rt_sigreturn"], calls.Select(call => call.Name));
        Assert.Equal(Child, calls[0].Value);
        Assert.Contains($"removed proc id: {Child}\\n", calls[1].Arguments, default);
        Assert.Equal("ECHILD", calls[2].Error);
        Assert.All(calls.Where(call => call.Name == "wait4"), call => Assert.Matches("^-1, .*WNOHANG", call.Arguments));
    }

    [Fact]
    public void No_child_is_waited_for_outside_the_handler()
    {
        IEnumerable<TraceEvent> inside = _trace.HandlerRunsOf(Parent).SelectMany(run => run.Events);
        Assert.Empty(_trace.CallsOf(Parent, "wait4").Except(inside));
    }

    [Fact]
    public void Handlers_run_only_inside_ppoll()
    {
        IReadOnlyList<HandlerRun> runs = _trace.HandlerRunsOf(Parent);
        Assert.Equal(["SIGCHLD", "SIGTERM"], runs.Select(run => run.Signal.Signal));
        Assert.All(runs, run => Assert.Equal("ppoll", run.Interrupted?.Name));
    }

    [Fact]
    public void No_signal_reaches_any_other_thread() =>
        Assert.All(_trace.Events.OfType<SignalDelivery>().Where(signal => signal.Signal is "SIGCHLD" or "SIGTERM"),
            signal => Assert.Equal(Parent, signal.ProcessId));

    [Fact]
    public void Each_handler_blocks_all_handled_signals_while_it_runs()
    {
        IEnumerable<SystemCall> handlers = _trace.CallsOf(Parent, "rt_sigaction")
            .Where(
                call =>
                    call.FirstArgument is "SIGCHLD" or "SIGINT" or "SIGTERM" or "SIGHUP" or "SIGUSR1" && call.Arguments.Contains(
                        "{sa_handler=0x", default));
        Assert.Equal(["SIGCHLD", "SIGINT", "SIGTERM", "SIGUSR1", "SIGHUP"], handlers.Select(call => call.FirstArgument));
        Assert.All(handlers, call => Assert.Contains("sa_mask=[HUP INT USR1 TERM CHLD]", call.Arguments, default));
    }

    [Fact]
    public void The_handled_signals_are_blocked_in_both_threads_before_the_first_handler_is_installed()
    {
        SystemCall handler = Assert.Single(_trace.CallsOf(Parent, "rt_sigaction"), call => call.FirstArgument == "SIGCHLD");
        List<SystemCall> blocked =
            [
                .. _trace.Calls.Where(call => call.Name == "rt_sigprocmask"
                    && call.Arguments.StartsWith("SIG_BLOCK, [HUP INT USR1 TERM CHLD]", default)),
            ];
        Assert.Equal(2, blocked.Select(call => call.ProcessId).Distinct().Count());
        Assert.All(blocked, call => Assert.True(call.IsBefore(handler), call.Text));
    }

    [Fact]
    public void Without_work_the_parent_sleeps_in_one_ppoll()
    {
        // Once before the client, once or twice while it is served, once until the request to stop, and a moment after it.
        // However long the server waits, there is no other call.
        List<SystemCall> calls = [.. _trace.CallsFrom(Assert.Single(_trace.CallsOf(Parent, "listen")))];
        Assert.Equal(
            [
                "listen", "getsockname", "capset", "prctl", "seccomp", "write", "ppoll", "ppoll", "accept", "clone", "close",
                "accept", "ppoll", "wait4", "write", "wait4", "rt_sigreturn", "ppoll", "rt_sigreturn", "setsockopt",
                "getpid", "ppoll", "close", "write", "exit_group",
            ],
            calls.Select(call => call.Name));
    }

    [Fact]
    public void The_parent_sleeps_without_a_timeout()
    {
        IEnumerable<SystemCall> sleeps = _trace.CallsOf(Parent, "ppoll").Where(
            call => !call.Arguments.StartsWith("NULL, 0", default));
        Assert.Equal(4, sleeps.Count());

        // The last one is for clients that come while the server stops.
        Assert.All(
            sleeps.SkipLast(1), call => Assert.Matches(@"^\[\{fd=\d+, events=POLLIN\}\], 1, NULL, \[\], 8$", call.Arguments));
    }

    [Fact]
    public void The_other_thread_sleeps_from_before_the_first_socket_to_the_end()
    {
        SystemCall socket = Assert.Single(_trace.CallsOf(Parent, "socket"));
        Assert.DoesNotContain(
            _trace.Calls,
            call => call.ProcessId != Parent && call.ProcessId != Child && call.Begin > socket.Begin && call.Name != "futex");
        Assert.DoesNotContain(_trace.CallsFrom(socket), call => call.Name is "futex" or "clone3");
    }

    [Fact]
    public void A_server_asked_to_stop_closes_the_listening_socket_writes_the_summary_and_exits_0()
    {
        List<SystemCall> last = [.. _trace.CallsOf(Parent).TakeLast(3)];
        Assert.True(last[0].Is("close", Listening), last[0].Text);
        Assert.StartsWith("1, \"summary... 1 accepted, 0 active, ", last[1].Arguments, default);
        Assert.Equal(("exit_group", "0"), (last[2].Name, last[2].Arguments));
    }
}
