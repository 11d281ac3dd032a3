using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Calls that fail in the client's child: the parent reports it, and neither process hangs or remains.</summary>
public sealed class SenderFaultTests
{
    // The first write in the child is to the server; the parent's first is to a standard stream, and with
    // --quiet only a reason on standard error.
    private const string FirstWrite = "when=1";

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EAGAIN")]
    public void Reading_is_tried_again(string error)
    {
        ClientRun run = new("one\ntwo\n", ["-P", "INPUT", "-e", $"inject=read:error={error}:when=1..3"]);
        Assert.Equal((0, "Message from server: one\nMessage from server: two\n", ""), (run.Status, run.Output, run.Error));
        Assert.Equal(3, run.Trace.Injected.Count);
        Assert.All(run.Trace.Injected, call => Assert.True(call.Is("read", 0)));
    }

    [Theory]
    [InlineData("EIO", "Input/output error")]
    [InlineData("EISDIR", "Is a directory")]
    public void An_input_that_can_not_be_read_is_reported_after_earlier_lines_are_shown(string error, string reason)
    {
        ClientRun run = new("one\n", ["-P", "INPUT", "-e", $"inject=read:error={error}:when=2"]);
        Assert.Equal(
            (1, "Message from server: one\n", $"echo-client: read() error: {reason} (standard input)\n"),
            (run.Status, run.Output, run.Error));
        Assert.True(Assert.Single(run.Trace.Injected).Is("read", 0));
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EAGAIN")]
    public void Writing_is_tried_again_and_everything_comes_back(string error)
    {
        ClientRun run = new("one\ntwo\n", ["-e", $"inject=write:error={error}:when=1..3"], "--quiet");
        Assert.Equal((0, "", ""), (run.Status, run.Output, run.Error));
        AssertInjected(run, "write", 3);
        Assert.Equal("one\\ntwo\\n", Received(run));
    }

    [Theory]
    [InlineData("EPIPE", "server closed the connection")]
    [InlineData("ECONNRESET", "server closed the connection")]
    [InlineData("EIO", "write() error: Input/output error (ADDRESS)")]
    [InlineData("ETIMEDOUT", "write() error: Connection timed out (ADDRESS)")]
    public void A_connection_that_can_not_be_written_to_is_reported(string error, string reason)
    {
        // Number 2 in the child alone: the parent writes the one line that is expected.
        ClientRun run = new(new string('x', 70_000), ["-e", $"inject=write:error={error}:when=2"], "--quiet", "--raw");
        Assert.Equal(1, run.Status);
        Assert.StartsWith(
            $"echo-client: {reason.Replace("ADDRESS", run.Address, StringComparison.Ordinal)}\n",
            run.Error,
            StringComparison.Ordinal);
        AssertInjected(run, "write", 1);
        Assert.DoesNotContain(
            run.Trace.CallsOf(run.Trace.Children[0], "write"), call => call.Begin > run.Trace.Injected[0].Begin);
    }

    [Fact]
    public void The_checksum_covers_what_was_written_and_not_what_was_read()
    {
        // The second block is read and can't be written. The first comes back complete.
        ClientRun run = new(new string('x', 70_000), ["-e", "inject=write:error=EPIPE:when=2"], "--quiet", "--raw", "--verify");
        Assert.Equal((1, "echo-client: server closed the connection\n"), (run.Status, run.Error));
        AssertInjected(run, "write", 1);
    }

    [Fact]
    public void After_a_short_write_the_rest_is_written()
    {
        ClientRun run = new("abcdefgh\n", ["-e", $"inject=write:retval=1:{FirstWrite}"], "--quiet");

        // strace invents the result: one byte was never sent, and the client reports it.
        Assert.Equal(1, run.Status);
        SystemCall injected = run.Trace.Injected[0];
        Assert.Equal("3, \"bcdefgh\\n\", 8", run.Trace.CallsFrom(injected)[1].Arguments);
        Assert.Contains(run.Trace.CallsOf(run.Trace.Main), call => call.Is("write", 2)
            && call.Arguments.Contains("echo-client: 1 of 9 bytes did not come back", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ENOTCONN", "Transport endpoint is not connected")]
    [InlineData("EIO", "Input/output error")]
    public void A_half_close_that_fails_in_both_processes_does_not_hang(string error, string reason)
    {
        ClientRun run = new("one\n", ["-e", $"inject=shutdown:error={error}"]);
        Assert.Equal(1, run.Status);
        Assert.StartsWith($"echo-client: shutdown() error: {reason} ({run.Address})\n", run.Error, StringComparison.Ordinal);
        Assert.Equal([run.Trace.Children[0], run.Trace.Main], run.Trace.Injected.Select(call => call.ProcessId));
    }

    [Theory]
    [InlineData("EINTR")]
    [InlineData("EIO")]
    public void The_sender_closes_no_descriptor_twice_if_close_fails(string error)
    {
        // In the parent, the first two are calls of the runtime.
        using RunningServer server = new("--bind", "127.0.0.1");
        using TracedProgram client = new(
            Binary.Client, ["--raw", "127.0.0.1", $"{server.Port}"], ["-e", $"inject=close:error={error}:when=1..2"]);
        client.Program.Type("one\n");
        client.Program.Input.Dispose();
        Assert.Equal((0, "one\n", ""), (client.WaitForExit(), client.Program.Output, TransferLine.Skip(client.Program.Error)));
        Trace trace = client.ReadTrace();
        IReadOnlyList<SystemCall> closed = trace.CallsOf(Assert.Single(trace.Children), "close");
        Assert.Equal(["1", trace.CallsOf(trace.Main, "socket")[0].Result], closed.Select(call => call.FirstArgument));
        Assert.All(closed, call => Assert.True(call.IsInjected));
    }

    private static void AssertInjected(ClientRun run, string call, int count)
    {
        int child = Assert.Single(run.Trace.Children);
        Assert.Equal(count, run.Trace.Injected.Count);
        Assert.All(run.Trace.Injected, one => Assert.Equal((child, call, "3"), (one.ProcessId, one.Name, one.FirstArgument)));
    }

    private static string Received(ClientRun run) =>
        string.Concat(
            run.Trace.CallsFrom(run.Trace.Forks[0]).Where(call => call.Is("read", 3)).Select(
                call => call.Arguments.Split('"')[1]));
}
