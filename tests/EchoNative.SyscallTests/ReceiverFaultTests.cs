using System;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// Calls that fail in the client's receiving parent. The test is the server, and the client's input stays open
/// and silent, so that only the parent is at work.
/// </summary>
public sealed class ReceiverFaultTests
{
    [Theory]
    [InlineData("read", "EINTR")]
    [InlineData("read", "EAGAIN")]
    [InlineData("write", "EINTR")]
    [InlineData("write", "EAGAIN")]
    [InlineData("ppoll", "EINTR")]
    [InlineData("ppoll", "ENOMEM")]
    public void A_call_that_can_be_repeated_is_repeated_and_everything_is_shown(string call, string error)
    {
        int first = Startup.BeyondClient(call);
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, $"inject={call}:error={error}:when={first}..{first + 2}");
        using Socket server = Loopback.Accept(listener);
        string shown = Show(server, client, first + 10);
        client.Program.Input.Dispose();
        Assert.Empty(Loopback.ReceiveAll(server));
        server.Dispose();
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((shown, ""), (client.Program.Output, TransferLine.Skip(client.Program.Error)));
        AssertInjected(client, call, error, 3);
    }

    [Theory]
    [InlineData("ECONNRESET", "Connection reset by peer")]
    [InlineData("ETIMEDOUT", "Connection timed out")]
    public void A_connection_that_can_not_be_read_from_ends_both_processes_with_the_reason(string error, string reason)
    {
        int number = Startup.BeyondClient("read");
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, $"inject=read:error={error}:when={number}");
        using Socket server = Loopback.Accept(listener);
        for (int sent = 0; sent < number && !client.Program.HasExited; sent++)
        {
            _ = server.Send("x"u8);
            string expected = new('x', sent + 1);
            Deadline.WaitUntil(() => client.Program.HasExited || client.Program.Output == expected, "the byte is shown");
        }

        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: read() error: {reason} (127.0.0.1:{Loopback.PortOf(listener)})\n",
            TransferLine.Skip(client.Program.Error));
        AssertInjected(client, "read", error, 1);
    }

    [Fact]
    public void A_wait_that_always_fails_ends_both_processes_after_a_few_tries_with_the_reason()
    {
        const int MostTries = 100;
        int first = Startup.BeyondClient("ppoll");
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, $"inject=ppoll:error=ENOMEM:when={first}+");
        using Socket server = Loopback.Accept(listener);
        string shown = "";
        while (!client.Program.HasExited && client.ReadTrace().Injected.Count == 0)
        {
            _ = server.Send("x"u8);
            shown += "x";
            Deadline.WaitUntil(
                () => client.Program.HasExited || client.Program.Output.Length == shown.Length, "the byte is shown");
        }

        Assert.Equal(1, client.WaitForExit());
        Assert.StartsWith(client.Program.Output, shown, StringComparison.Ordinal);
        Assert.Equal(
            $"echo-client: ppoll() error: Cannot allocate memory (127.0.0.1:{Loopback.PortOf(listener)})\n",
            TransferLine.Skip(client.Program.Error));
        Trace trace = client.ReadTrace();
        Assert.Empty(trace.NeverEnded);
        Assert.InRange(trace.Injected.Count, 1, MostTries);
    }

    [Fact]
    public void What_has_arrived_is_shown_although_every_wait_fails()
    {
        const int Length = 2 * 1024 * 1024;
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, $"inject=ppoll:error=ENOMEM:when={Startup.BeyondClient("ppoll")}+");
        using Socket server = Loopback.Accept(listener);
        client.Program.Input.Dispose();
        Assert.Empty(Loopback.ReceiveAll(server));
        _ = server.Send(new byte[Length]);
        server.Dispose();
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Length, ""), (client.Program.Output.Length, TransferLine.Skip(client.Program.Error)));
        Assert.NotEmpty(client.ReadTrace().Injected);
    }

    [Theory]
    [InlineData("ENOSPC", "No space left on device")]
    [InlineData("EIO", "Input/output error")]
    [InlineData("EPIPE", "Broken pipe")]
    public void An_output_that_can_not_be_written_to_ends_both_processes_with_the_reason(string error, string reason)
    {
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, $"inject=write:error={error}:when=1");
        using Socket server = Loopback.Accept(listener);
        _ = server.Send("hello\n"u8);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            ("", $"echo-client: write() error: {reason} (standard output)\n"),
            (client.Program.Output, TransferLine.Skip(client.Program.Error)));
        AssertInjected(client, "write", error, 1);
        Assert.True(Assert.Single(client.ReadTrace().Injected).IsOn(1));
    }

    [Fact]
    public void After_a_short_write_the_rest_is_written()
    {
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, "inject=write:retval=1:when=1");
        using Socket server = Loopback.Accept(listener);
        _ = server.Send("abcdefgh"u8);
        Deadline.WaitUntil(() => client.Program.Output.Length > 0, "something is shown");
        Assert.Equal("bcdefgh", client.Program.Output);
        server.Dispose();
        Assert.Equal(1, client.WaitForExit());
    }

    [Fact]
    public void An_interrupted_waitpid_is_tried_again_until_the_child_is_removed()
    {
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, "inject=wait4:error=EINTR:when=1..2");
        Loopback.Accept(listener).Dispose();
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: server closed the connection\n", TransferLine.Skip(client.Program.Error));
        AssertInjected(client, "wait4", "EINTR", 2);
        Trace trace = client.ReadTrace();
        Assert.Equal(Assert.Single(trace.Children), trace.CallsOf(trace.Main, "wait4")[^1].Value);
    }

    [Fact]
    public void While_nothing_arrives_both_processes_sleep_in_one_call_each()
    {
        const int IdleMilliseconds = 300;
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = Start(listener, "trace=all");
        using (Socket server = Loopback.Accept(listener))
        {
            // The child calls read after getppid. A process that strace has stopped does not sleep.
            Deadline.WaitUntil(() => client.ReadTrace() is { Children: [int child] } trace
                && trace.CallsOf(child, "getppid").Count > 0 && ProcessTable.StateOf(child) == 'S', "the child waits for input");
            System.Threading.Thread.Sleep(IdleMilliseconds);
        }

        Assert.Equal(1, client.WaitForExit());
        Trace trace = client.ReadTrace();
        Assert.Equal(
            ["clone", "close", "ppoll", "read", "shutdown", "kill"],
            trace.CallsFrom(Assert.Single(trace.Forks)).TakeWhile(call => call.Name != "wait4")
                .Where(call => call.Name is not ("mprotect" or "madvise")).Select(call => call.Name));
        _ = Assert.Single(trace.CallsOf(trace.Children[0], "read"));
    }

    private static TracedProgram Start(TcpListener listener, string fault) =>
        new(Binary.Client, ["--raw", "127.0.0.1", $"{Loopback.PortOf(listener)}"], ["-e", fault]);

    // One byte at a time, each shown before the next, so that each takes one read and one write.
    private static string Show(Socket server, TracedProgram client, int count)
    {
        StringBuilder text = new();
        for (int sent = 0; sent < count; sent++)
        {
            _ = server.Send("x"u8);
            _ = text.Append('x');
            Deadline.WaitUntil(() => client.Program.Output.Length > sent, "the byte is shown", () => client.Program.Transcript);
        }

        return text.ToString();
    }

    private static void AssertInjected(TracedProgram client, string call, string error, int count)
    {
        Trace trace = client.ReadTrace();
        Assert.Empty(trace.NeverEnded);
        Assert.Equal(count, trace.Injected.Count);
        Assert.All(trace.Injected, one => Assert.Equal((trace.Main, call, error), (one.ProcessId, one.Name, one.Error)));
        Assert.All(
            trace.Injected.Where(one => one.Name == "read"),
            one => Assert.Equal("3", one.FirstArgument));
    }
}
