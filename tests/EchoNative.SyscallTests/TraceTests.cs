using EchoNative.Testing;

namespace EchoNative.SyscallTests;

public sealed class TraceTests
{
    [Fact]
    public void A_call_printed_in_two_pieces_is_one()
    {
        Trace trace = Trace.Parse(
            "10 accept(3,  <unfinished ...>\n11 close(3) = 0\n10 <... accept resumed>0x7f, [28]) = -1 EAGAIN (no)\n");
        SystemCall accept = trace.CallsOf(10)[0];
        Assert.Equal(
            ("accept", "3, 0x7f, [28]", "-1", "EAGAIN"),
            (accept.Name, accept.Arguments.Replace("  ", " ", default), accept.Result, accept.Error));
        Assert.Equal((0, 2), (accept.Begin, accept.End));
        Assert.False(accept.IsBefore(trace.CallsOf(11)[0]));
    }

    [Fact]
    public void A_call_that_never_returned_has_no_result()
    {
        Trace trace = Trace.Parse("10 read(0,  <unfinished ...>\n10 +++ killed by SIGKILL +++\n");
        Assert.False(trace.CallsOf(10)[0].Succeeded);
        Assert.Empty(trace.NeverEnded);
    }

    [Theory]
    [InlineData("11 ???( <unfinished ...>\n10 close(3) = 0\n11 <... ??? resumed>)                = ?\n")]
    [InlineData("11 ???()                                = ?\n10 close(3) = 0\n")]
    [InlineData("11 ???( <unfinished ...>\n10 close(3) = 0\n")]
    public void A_call_that_strace_could_not_read_is_left_out(string lines)
    {
        Trace trace = Trace.Parse($"{lines}11 +++ killed by SIGKILL +++\n10 +++ exited with 0 +++\n");
        Assert.Equal("close", Assert.Single(trace.Calls).Name);
        Assert.Empty(trace.NeverEnded);
    }

    [Fact]
    public void A_call_inside_an_argument_is_text()
    {
        SystemCall write = Trace.Parse("10 write(4, \"close(3) = 0\\n\", 13)           = 13\n").CallsOf(10)[0];
        Assert.Equal(("write", 13, "4"), (write.Name, write.Value, write.FirstArgument));
    }

    [Fact]
    public void An_injected_result_is_recognized()
    {
        Trace trace = Trace.Parse("10 accept(3, 0x7f, [28]) = -1 EMFILE (Too many) (INJECTED)\n10 close(3) = 0\n");
        Assert.Equal("EMFILE", Assert.Single(trace.Injected).Error);
    }

    [Fact]
    public void A_last_line_without_a_newline_is_left_out()
    {
        Trace trace = Trace.Parse("10 close(3) = 0\n10 ppoll([{fd=3");
        Assert.Equal("close", Assert.Single(trace.Calls).Name);
    }

    [Fact]
    public void A_handler_runs_from_the_signal_to_its_return()
    {
        Trace trace = Trace.Parse(
            "10 ppoll(NULL) = ? ERESTARTNOHAND (To be)\n10 --- SIGCHLD {si_pid=11} ---\n"
            + "10 wait4(-1) = 11\n10 rt_sigreturn({mask=[]}) = -1 EINTR (I)\n10 close(3) = 0\n");
        HandlerRun run = Assert.Single(trace.HandlerRunsOf(10));
        Assert.Equal(("SIGCHLD", "ppoll", 2), (run.Signal.Signal, run.Interrupted?.Name, run.Events.Count));
    }

    [Fact]
    public void Strace_can_make_a_call_fail()
    {
        // Proves that injection works on this machine: the other tests rely on it.
        using TracedProgram traced = new(
            "/bin/sh", ["-c", ": > /dev/null"], ["-P", "/dev/null", "-e", "inject=openat:error=EMFILE:when=1"]);
        Assert.NotEqual(0, traced.WaitForExit());
        Assert.Equal("EMFILE", Assert.Single(traced.ReadTrace().Injected).Error);
    }
}
