using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>What the client does in one session, call by call.</summary>
public sealed class ClientStoryTests(ClientRecording recording) : IClassFixture<ClientRecording>
{
    private readonly Trace _trace = recording.Trace;

    private int Parent => _trace.Main;

    private int Child => Assert.Single(_trace.Children);

    private SystemCall Fork => Assert.Single(_trace.Forks);

    private SystemCall Connect => Assert.Single(_trace.CallsOf(Parent, "connect"));

    private int Connected => Assert.Single(_trace.CallsOf(Parent, "socket")).Value;

    [Fact]
    public void It_ends_well_with_everything_shown()
    {
        Assert.Equal(0, recording.Status);
        Assert.Equal("Message from server: one\nMessage from server: two\n", recording.Output);
        Assert.Empty(_trace.NeverEnded);
    }

    [Fact]
    public void It_connects_and_then_forks_once()
    {
        Assert.True(Connect.IsOn(Connected));
        Assert.True(Connect.Succeeded, Connect.Text);
        Assert.Contains($"htons({recording.Port})", Connect.Arguments, default);
        Assert.True(Connect.IsBefore(Fork));
    }

    [Fact]
    public void The_handler_is_installed_before_the_fork()
    {
        SystemCall handler = Assert.Single(_trace.CallsOf(Parent, "rt_sigaction"), call => call.FirstArgument == "SIGCHLD");
        Assert.True(handler.IsBefore(Fork));
        Assert.Contains("sa_mask=[CHLD]", handler.Arguments, default);
    }

    [Fact]
    public void It_half_closes_exactly_once_and_in_the_child()
    {
        SystemCall shutdown = Assert.Single(_trace.Calls, call => call.Name == "shutdown");
        Assert.Equal((Child, $"{Connected}, SHUT_WR"), (shutdown.ProcessId, shutdown.Arguments));
    }

    [Fact]
    public void The_child_closes_standard_output_first()
    {
        SystemCall first = _trace.CallsOf(Child).First(call => call.Name != "getpid");
        Assert.True(first.Is("close", 1), first.Text);
    }

    [Fact]
    public void The_parent_closes_standard_input_right_after_the_fork()
    {
        SystemCall next = _trace.CallsFrom(Fork)[1];
        Assert.True(next.Is("close", 0), next.Text);
    }

    [Fact]
    public void The_child_sets_its_parent_death_signal_before_it_reads()
    {
        SystemCall ask = Assert.Single(_trace.CallsOf(Child, "prctl"));
        Assert.Equal("PR_SET_PDEATHSIG, SIGKILL", ask.Arguments);
        SystemCall check = Assert.Single(_trace.CallsOf(Child, "getppid"));
        Assert.Equal(Parent, check.Value);
        Assert.True(ask.IsBefore(check));
        Assert.True(check.IsBefore(_trace.CallsOf(Child, "read")[0]));
    }

    [Fact]
    public void The_child_sends_the_lines_and_not_the_quit_line()
    {
        IEnumerable<string> sent = _trace.CallsOf(Child).Where(call => call.Is("write", Connected)).Select(
            call => call.Arguments);
        Assert.Equal([$"{Connected}, \"one\\n\", 4", $"{Connected}, \"two\\n\", 4"], sent);
    }

    [Fact]
    public void The_child_only_sends_and_the_parent_only_receives()
    {
        Assert.DoesNotContain(_trace.CallsOf(Child), call => call.Is("read", Connected));
        Assert.DoesNotContain(_trace.CallsOf(Parent), call => call.Is("write", Connected));
        Assert.DoesNotContain(_trace.CallsFrom(Fork), call => call.Is("read", 0));
    }

    [Fact]
    public void Both_close_their_descriptor_once()
    {
        _ = Assert.Single(_trace.CallsFrom(Fork), call => call.Is("close", Connected));
        _ = Assert.Single(_trace.CallsOf(Child), call => call.Is("close", Connected));
    }

    [Fact]
    public void The_parent_receives_until_the_end_of_file_before_it_closes()
    {
        List<SystemCall> own = [.. _trace.CallsFrom(Fork).Where(call => call.IsOn(Connected))];
        Assert.Equal(["close", "read"], own.TakeLast(2).Select(call => call.Name).Order());
        Assert.Equal(("read", 0), (own[^2].Name, own[^2].Value));
    }

    [Fact]
    public void The_parent_removes_the_child()
    {
        SystemCall wait = Assert.Single(_trace.CallsOf(Parent, "wait4"), call => call.Succeeded && call.Value > 0);
        Assert.Equal(Child, wait.Value);
        Assert.Equal($"{Child}", wait.FirstArgument);
    }

    [Fact]
    public void No_process_is_killed() => Assert.DoesNotContain(_trace.Calls, call => call.Name is "kill" or "tgkill");

    [Fact]
    public void Handlers_run_only_inside_ppoll() =>
        Assert.All(_trace.HandlerRunsOf(Parent), run => Assert.Equal("ppoll", run.Interrupted?.Name));
}
