using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The client never hangs, never loses what is on its way, and leaves no process behind.</summary>
public abstract class PairEndingContract(Engine client, Engine server) : PairContract(client, server)
{
    private const string Prefix = "Message from server: ";

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_client_that_is_killed_leaves_no_process_and_no_session(string signal)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port);
        server.WaitForConnected(1);
        IReadOnlyList<int> family = client.WaitForChildren();
        client.Program.Signal(signal);
        Deadline.WaitUntil(() => client.Program.HasExited, "the client is dead");
        AssertEnd(family);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void Control_C_at_a_terminal_leaves_no_process()
    {
        using RunningServer server = Serve();
        using Terminal terminal = new($"{Client.ClientLine} 127.0.0.1 {server.Port}");
        server.WaitForConnected(1);
        int processes = Client.Forks ? 2 : 1;
        Deadline.WaitUntil(
            () => ProcessTable.DescendantsOf(terminal.Program.Id).Count >= processes, "it has all its processes", () => terminal.Program.Transcript);
        IReadOnlyList<int> family = ProcessTable.DescendantsOf(terminal.Program.Id);
        terminal.Type(Terminal.ControlC);
        Assert.NotEqual(0, terminal.WaitForExit());
        AssertEnd(family);
        server.WaitForRemoved(1);
    }

    [Theory]
    [InlineData(">/dev/full", "write() error: No space left on device (standard output)")]
    [InlineData(">&-", "write() error: Bad file descriptor (standard output)")]
    [InlineData("</", "read() error: Is a directory (standard input)")]
    [InlineData("<&-", "read() error: Bad file descriptor (standard input)")]
    public void A_standard_stream_of_no_use_is_told(string redirection, string reason)
    {
        using RunningServer server = Serve();
        using RunningProgram client = new("sh", ["-c", $"echo hello 2>/dev/null | {{ exec {Client.ClientLine} 127.0.0.1 {server.Port} {redirection}; }}"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: {reason}\n", client.Error);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void An_output_file_that_may_not_become_longer_is_told()
    {
        string file = Path.GetTempFileName();
        using RunningServer server = Serve();
        using RunningProgram client = new("sh", ["-c", $"exec {Client.ClientLine} --raw 127.0.0.1 {server.Port} >{file}"]);
        server.WaitForConnected(1);
        _ = client.Limit("fsize", "4096");
        _ = Assert.Throws<IOException>(() => TypeForEver(client));
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: write() error: File too large (standard output)\n", TransferLine.Skip(client.Error));
        Assert.Equal(4096, new FileInfo(file).Length);
        File.Delete(file);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void An_output_pipe_without_a_reader_is_told_and_leaves_no_orphan()
    {
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "bash", ["-c", $"set -o pipefail; yes 2>/dev/null | {Client.ClientLine} 127.0.0.1 {server.Port} | head -n 1"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"{Prefix}y\n", client.Output);
        Assert.Equal("echo-client: write() error: Broken pipe (standard output)\n", client.Error);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void More_than_all_buffers_hold_comes_back_past_a_slow_reader()
    {
        const int Length = 50_000_000;
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "bash", ["-c", $"head -c {Length} /dev/zero | {Client.ClientLine} --raw 127.0.0.1 {server.Port} | (sleep 0.5; wc -c)"]);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(Length.ToString(CultureInfo.InvariantCulture), client.Output.Trim());
    }

    [Fact]
    public void Input_that_somebody_made_non_blocking_is_waited_for()
    {
        // The other end of the socket pair is in a process that sets O_NONBLOCK on the shared open file.
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "bash",
            ["-c", $"(sleep 0.2; echo hello; sleep 0.2; echo q) | (dd iflag=nonblock of=/dev/null count=0 status=none; exec {Client.ClientLine} 127.0.0.1 {server.Port})"]);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal($"{Prefix}hello\n", client.Output);
    }

    [Fact]
    public void Two_clients_do_not_hear_each_other()
    {
        using RunningServer server = Serve();
        using RunningClient first = Connect(server.Port);
        using RunningClient second = Connect(server.Port);
        first.Feed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("first\n", 1000))));
        second.Feed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("second\n", 1000))));
        Assert.Equal(0, first.WaitForExit());
        Assert.Equal(0, second.WaitForExit());
        Assert.Equal(string.Concat(Enumerable.Repeat($"{Prefix}first\n", 1000)), first.Output);
        Assert.Equal(string.Concat(Enumerable.Repeat($"{Prefix}second\n", 1000)), second.Output);
    }

    private static void AssertEnd(IReadOnlyList<int> processes) =>
        Assert.All(processes, process => Deadline.WaitUntil(() => ProcessTable.StateOf(process) is null or 'Z', $"{process} is gone"));

    // Until nobody reads it any more.
    private static void TypeForEver(RunningProgram program)
    {
        while (true)
        {
            program.Type(new string('y', 1000));
        }
    }
}

public sealed class NativeToNativeEndingTests() : PairEndingContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedEndingTests() : PairEndingContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeEndingTests() : PairEndingContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedEndingTests() : PairEndingContract(Engine.Managed, Engine.Managed);
