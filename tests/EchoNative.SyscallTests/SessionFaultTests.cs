using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Calls that fail, or do less than asked, in a child that serves a client.</summary>
public sealed class SessionFaultTests
{
    private const string Message = "abcdefgh";
    private const int BufferLength = 64 * 1024;

    [Theory]
    [InlineData("read", "EINTR")]
    [InlineData("read", "EAGAIN")]
    [InlineData("write", "EINTR")]
    [InlineData("write", "EAGAIN")]
    [InlineData("read", "EINTR", "--idle-timeout=1000")]
    [InlineData("read", "EAGAIN", "--idle-timeout=1000")]
    [InlineData("write", "EINTR", "--idle-timeout=1000")]
    [InlineData("write", "EAGAIN", "--idle-timeout=1000")]
    public void A_call_that_can_be_repeated_is_repeated_and_nothing_is_lost(string call, string error, params string[] options)
    {
        int first = Startup.BeyondServer(call);
        using TracedServer server = new(["-e", $"inject={call}:error={error}:when={first}..{first + 2}"], options);
        using (Socket client = server.Connect())
        {
            Assert.Equal(first + 5, Session.Exchange(client, Message, first + 5));
        }

        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        int child = Assert.Single(trace.Children);
        Assert.Equal(3, trace.Injected.Count);
        Assert.All(
            trace.Injected,
            one =>
                Assert.Equal(
                    (child, 4, error), (one.ProcessId, int.Parse(one.FirstArgument, default(IFormatProvider)), one.Error)));
        Assert.Contains($"({Invariant($"pid {child}, {(first + 5) * Message.Length} bytes")}", server.Output, default);
        Assert.Contains($"removed proc id: {child}\n", server.Output, default);
    }

    [Fact]
    public void With_an_idle_timeout_bulk_passes_though_no_wait_is_possible_and_nothing_spins()
    {
        using RunningServer server = new("--idle-timeout", "1000");
        using Socket client = server.Connect();
        client.AssertEchoes();
        using RunningProgram strace = Trace(server, "inject=ppoll:error=ENOMEM");
        byte[] bytes = [.. Enumerable.Range(0, 3_000_000).Select(number => (byte)(number * 31))];
        Assert.Equal(bytes, client.Exchange(bytes));
        client.AssertEchoes();
        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal(0, strace.WaitForExit());
        Assert.InRange(strace.Error.Split("(INJECTED)").Length - 1, 1, 1000);
        Assert.Equal(0, server.Stop());
    }

    [Theory]
    [InlineData("read")]
    [InlineData("read", "--idle-timeout=1000")]
    [InlineData("write")]
    [InlineData("write", "--idle-timeout=1000")]
    public void A_call_that_does_not_block_where_no_wait_is_possible_ends_the_session(string call, params string[] options)
    {
        using RunningServer server = new(options);
        using Socket client = server.Connect();
        client.AssertEchoes();
        using RunningProgram strace = Trace(server, $"inject={call}:error=EAGAIN:when=1", "inject=ppoll:error=ENOMEM");
        client.SendText("x");
        _ = server.WaitForLine("^client disconnected.* s\\): Cannot allocate memory$");
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_write_waits_in_the_kernel_for_a_part_of_the_idle_time_only()
    {
        // It returns what it has written until then. With the whole time a client that never reads would live twice as long.
        using TracedServer server = new([], ["--idle-timeout", "32"]);
        string[] times = [.. server.Stop().Calls.Select(call => call.Arguments).Where(text => text.Contains("TIMEO", default))];
        Assert.Matches("""^3, SOL_SOCKET, SO_RCVTIMEO(_OLD)?, " (\\0)+",""", times[0]); // a space is 32
        Assert.Matches("""^3, SOL_SOCKET, SO_SNDTIMEO(_OLD)?, "\\2(\\0)+",""", times[1]);
        Assert.Equal(2, times.Length);
    }

    [Theory]
    [InlineData("read", "EAGAIN", "POLLIN")]
    [InlineData("write", "EAGAIN", "POLLOUT")]
    public void A_non_blocking_descriptor_is_waited_for_in_ppoll(string call, string error, string events)
    {
        int first = Startup.BeyondServer(call);
        using TracedServer server = new("-e", $"inject={call}:error={error}:when={first}");
        using (Socket client = server.Connect())
        {
            Assert.Equal(first, Session.Exchange(client, Message, first));
        }

        server.WaitForRemoved(1);
        SystemCall injected = Assert.Single(server.Stop().Injected);
        SystemCall next = server.ReadTrace().CallsFrom(injected)[1];
        Assert.Equal(("ppoll", $"[{{fd=4, events={events}}}], 1, NULL, NULL, 8"), (next.Name, next.Arguments));
    }

    [Theory]
    [InlineData("read", "ECONNRESET", "Connection reset by peer")]
    [InlineData("read", "ETIMEDOUT", "Connection timed out")]
    [InlineData("read", "EIO", "Input/output error")]
    [InlineData("write", "EPIPE", "Broken pipe")]
    [InlineData("write", "ECONNRESET", "Connection reset by peer")]
    [InlineData("write", "ETIMEDOUT", "Connection timed out")]
    public void A_failed_call_ends_that_session_with_its_reason_and_no_other(string call, string error, string reason)
    {
        int number = Startup.BeyondServer(call);
        using TracedServer server = new("-e", $"inject={call}:error={error}:when={number}");
        using Socket other = server.Connect();
        Assert.Equal(1, Session.Exchange(other, Message, 1));
        using (Socket client = server.Connect())
        {
            Assert.InRange(Session.Exchange(client, Message, number + 1), 1, number);
        }

        server.WaitForRemoved(1);
        Assert.Equal(1, Session.Exchange(other, Message, 1));
        other.Dispose();
        server.WaitForRemoved(2);
        Trace trace = server.Stop();
        SystemCall injected = Assert.Single(trace.Injected);
        Assert.Equal((call, "4", error), (injected.Name, injected.FirstArgument, injected.Error));
        Assert.Matches(
            $@"client disconnected\.\.\. 127\.0\.0\.1:\d+ \(pid {injected.ProcessId}, \d+ bytes, \d+\.\d{{3}} s\): {reason}\n",
            server.Output);
        Assert.Contains($"removed proc id: {injected.ProcessId} (exit status 1)\n", server.Output, default);
        int sibling = Assert.Single(trace.Children, child => child != injected.ProcessId);
        Assert.Contains($"removed proc id: {sibling}\n", server.Output, default);
        Assert.Empty(server.Error);
    }

    [Fact]
    public void After_a_short_write_the_rest_is_written()
    {
        // strace invents the result, so the first byte is lost. The test looks at what is written next.
        int number = Startup.BeyondServer("write");
        using TracedServer server = new("-e", $"inject=write:retval=1:when={number}");
        using (Socket client = server.Connect())
        {
            _ = Session.Exchange(client, Message, number - 2);
            client.SendText(Message);
            Assert.Equal(Message[1..], client.ReceiveText(Message.Length - 1));
        }

        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        SystemCall injected = Assert.Single(trace.Injected);
        Assert.Equal(("write", 1), (injected.Name, injected.Value));
        Assert.Equal($"write(4, \"{Message[1..]}\", 7)", trace.CallsFrom(injected)[1].Text.Split(" = ")[0].TrimEnd());
        Assert.Contains($"{(number - 1) * Message.Length} bytes", server.Output, default);
    }

    [Theory]
    [InlineData("write", "inject=pipe2:error=EMFILE")]
    [InlineData("splice", "trace=all")]
    [InlineData("write", "inject=pipe2:error=EMFILE", "--idle-timeout=1000")]
    [InlineData("splice", "trace=all", "--idle-timeout=1000")]
    public void A_write_that_a_stop_cuts_short_loses_nothing(string call, string option, params string[] options)
    {
        // splice moves as much as the pipe holds: two pages, if the pipes of this user are at their limit.
        int little = call == "write" ? BufferLength / 2 : 0;
        using TracedServer server = new(["-e", option], options);
        using Bulk bulk = new(server);
        bulk.FlowUntil(now => now.Calls.Any(one => one.Name == call && one.Value > little));
        int child = bulk.Hold();

        // The child is now in a write that took a part and waits for room for the rest.
        RunningProgram.Send(child, "STOP");
        server.WaitFor(one => one is SignalDelivery { Signal: "SIGSTOP" }, "the child is stopped");
        RunningProgram.Send(child, "CONT");
        bulk.Finish();
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        SignalDelivery stop = trace.Events.OfType<SignalDelivery>().First(one => one.Signal == "SIGSTOP");
        SystemCall cut = trace.CallsOf(child).Last(one => one.Begin < stop.Begin);

        // If nothing was written yet, the kernel restarts the call.
        Assert.True((cut.Value > 0 || cut.Error == "ERESTARTSYS") && cut.Value < Asked(cut), cut.Text);
        Assert.Contains($"removed proc id: {child}\n", server.Output, default);
    }

    [Fact]
    public void An_interrupted_splice_is_tried_again_and_nothing_is_lost()
    {
        using TracedServer server = new("-e", "inject=splice:error=EINTR:when=1+2");
        Bulk.Echo(server, now => now.Calls.Count(one => one.Name == "splice") > 20);
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Contains(trace.Injected, one => one.Arguments.StartsWith("4, ", default));
        Assert.Contains(trace.Injected, one => !one.Arguments.StartsWith("4, ", default));
        Assert.DoesNotContain("exit status", server.Output, default);
    }

    [Theory]
    [InlineData("inject=pipe2:error=EMFILE")]
    [InlineData("inject=pipe2:error=ENFILE")]
    [InlineData("inject=fcntl:error=EPERM:when=1")]
    public void Bulk_data_is_echoed_without_a_pipe_and_without_a_large_one(string option)
    {
        // In a child, the first fcntl sets the size of the pipe. In the parent, it asks whether descriptor 0 is open.
        using TracedServer server = new("-e", option);
        Bulk.Echo(server, now => now.Injected.Any(one => now.Children.Contains(one.ProcessId)));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        int child = Assert.Single(trace.Children);
        Assert.Contains(trace.Injected, one => one.ProcessId == child && one.Name is "pipe2" or "fcntl");
        Assert.Contains($"removed proc id: {child}\n", server.Output, default);
    }

    [Theory]
    [InlineData(1, "ECONNRESET", "Connection reset by peer")]
    [InlineData(2, "EPIPE", "Broken pipe")]
    [InlineData(5, "ETIMEDOUT", "Connection timed out")]
    public void A_splice_on_a_broken_connection_ends_that_session_with_its_reason(int number, string error, string reason)
    {
        using TracedServer server = new("-e", $"inject=splice:error={error}:when={number}");
        using (Bulk bulk = new(server))
        {
            bulk.WaitForEnd();
        }

        server.WaitForRemoved(1);
        Assert.Equal("next", server.Echo("next"));
        server.WaitForRemoved(2);
        Trace trace = server.Stop();
        SystemCall injected = Assert.Single(trace.Injected);
        Assert.Matches($@"client disconnected\.\.\. .* \(pid {injected.ProcessId}, \d+ bytes, .* s\): {reason}\n", server.Output);
        Assert.Contains($"removed proc id: {injected.ProcessId} (exit status 1)\n", server.Output, default);
    }

    [Theory]
    [InlineData("error=ENOSYS", 1)]
    [InlineData("error=ENOSYS", 2)]
    [InlineData("error=EINVAL", 1)]
    [InlineData("error=EINVAL", 2)]
    [InlineData("error=EPERM", 2)]
    [InlineData("error=EAGAIN", 1)]
    [InlineData("error=EAGAIN", 2)]
    [InlineData("error=EIO", 7)]
    [InlineData("error=ENOMEM", 8)]
    [InlineData("retval=0", 1)]
    [InlineData("retval=0", 2)]
    [InlineData("error=EAGAIN", 1, "--idle-timeout=1000")]
    [InlineData("error=EAGAIN", 2, "--idle-timeout=1000")]
    [InlineData("error=EINVAL", 2, "--idle-timeout=1000")]
    [InlineData("retval=0", 2, "--idle-timeout=1000")]
    public void A_splice_that_is_not_possible_loses_nothing(string result, int first, params string[] options)
    {
        // The first call fills the pipe, the second one empties it.
        using TracedServer server = new(["-e", $"inject=splice:{result}:when={first}+2"], options);
        Bulk.Echo(server, now => now.Injected.Count > 0);
        server.WaitForRemoved(1);
        int child = Assert.Single(server.Stop().Children);
        Assert.Contains($"removed proc id: {child}\n", server.Output, default);
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EIO")]
    public void A_child_closes_no_descriptor_twice_if_close_fails(string error)
    {
        using TracedServer server = new("-e", $"inject=close:error={error}:when=1..2");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        int child = Assert.Single(trace.Children);
        Assert.Equal(["3", "4"], trace.CallsOf(child, "close").Select(call => call.FirstArgument));
        Assert.All(trace.CallsOf(child, "close"), call => Assert.Equal((true, error), (call.IsInjected, call.Error)));
        Assert.Contains($"removed proc id: {child}\n", server.Output, default);
    }

    // write(4, "...", 65536) and splice(5, NULL, 4, NULL, 65536, 0)
    private static int Asked(SystemCall call)
    {
        IReadOnlyList<string> arguments = call.Arguments.Split(", ");
        return int.Parse(call.Name == "write" ? arguments[^1] : arguments[^2], default(IFormatProvider));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    // Makes calls of the one child fail from now on.
    private static RunningProgram Trace(RunningServer server, params IEnumerable<string> faults)
    {
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        RunningProgram strace = new("strace", ["-p", $"{child}", .. faults.SelectMany(fault => (string[])["-e", fault])]);
        Deadline.WaitUntil(() => strace.Error.Contains("attached", default), "the child is traced", () => strace.Transcript);
        return strace;
    }
}
