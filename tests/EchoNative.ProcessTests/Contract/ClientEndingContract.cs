using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The client never hangs, never loses what is on its way, and leaves no process behind.</summary>
public abstract class ClientEndingContract(Engine client) : ClientContract(client)
{
    private const string Prefix = "Message from server: ";

    [Fact]
    public void A_reply_that_comes_long_after_the_half_close_is_shown()
    {
        using ScriptedServer server = new(socket =>
        {
            Assert.Equal("hello\n", socket.ReceiveText(6));
            Assert.True(socket.IsAtEnd());
            Thread.Sleep(TimeSpan.FromSeconds(2));
            socket.SendText("late\n");
        });
        using RunningClient client = Connect(server.Port);
        client.Feed("hello\n"u8);
        Assert.Equal(1, client.WaitForExit()); // 5 bytes for 6
        server.Join();
        Assert.Equal($"{Prefix}late\n", client.Output);
        Assert.Equal("echo-client: 1 of 6 bytes did not come back\n", client.Error);
    }

    [Fact]
    public void The_server_ends_first_while_the_sender_waits_for_input()
    {
        using ScriptedServer server = new(socket =>
        {
            Assert.Equal("hello\n", socket.ReceiveText(6));
            socket.SendText("hello\nbye");
        });
        using RunningClient client = Connect(server.Port);
        IReadOnlyList<int> family = client.WaitForChildren();
        client.Program.Type("hello\n");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"{Prefix}hello\n{Prefix}bye\n", client.Output);
        Assert.Equal("echo-client: server closed the connection\n", client.Error);
        Assert.DoesNotContain(family, ProcessTable.Exists);
    }

    [Fact]
    public void The_server_ends_first_while_the_sender_waits_for_a_terminal()
    {
        using ScriptedServer server = new(socket => socket.SendText("bye\n"));
        using Terminal terminal = new($"{Client.ClientLine} 127.0.0.1 {server.Port}");
        Assert.Equal(1, terminal.WaitForExit());
        Assert.Contains($"{Prefix}bye", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("echo-client: server closed the connection", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_did_not_come_back_are_counted()
    {
        using ScriptedServer server = new(socket =>
        {
            byte[] bytes = socket.ReceiveExactly(10);
            Assert.True(socket.IsAtEnd());
            socket.SendAll(bytes.AsSpan(0, 4));
        });
        using RunningClient client = Connect(server.Port, "--raw");
        client.Feed("0123456789"u8);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("0123", client.Output);
        Assert.Equal("echo-client: 6 of 10 bytes did not come back\n", TransferLine.Skip(client.Error));
    }

    // The kernel accepts the line, and the server answers with end of file before the sender has counted the bytes.
    [Fact]
    public void Bytes_that_were_sent_just_before_the_server_ended_are_counted()
    {
        int rounds = Client.Rounds(40);
        for (int round = 0; round < rounds; round++)
        {
            using ScriptedServer server = new(socket => Assert.Equal("hello\n", socket.ReceiveText(6)));
            using RunningClient client = Connect(server.Port);
            client.Program.Type("hello\n");
            Assert.Equal(1, client.WaitForExit());
            Assert.Equal(
                "echo-client: server closed the connection\necho-client: 6 of 6 bytes did not come back\n", client.Error);
        }
    }

    // The sender waits for room in the middle of a write when the end of file comes.
    [Fact]
    public void Bytes_of_a_write_that_the_end_of_the_server_cut_short_are_counted()
    {
        // More than can arrive before the client notices.
        const int Length = 2_000_000_000;
        long taken = 0;
        using ScriptedServer server = new(socket =>
        {
            byte[] bytes = new byte[64 * 1024];
            taken = socket.Receive(bytes);
            socket.Shutdown(SocketShutdown.Send);
            int count;
            while ((count = socket.Receive(bytes)) > 0)
            {
                taken += count;
            }
        });
        using RunningProgram client = new(
            "sh", ["-c", $"head -c {Length} /dev/zero | exec {Client.ClientLine} --raw 127.0.0.1 {server.Port}"]);
        Assert.Equal(1, client.WaitForExit());
        server.Join();
        Assert.InRange(taken, 1, Length - 1);
        Assert.Equal(
            $"echo-client: server closed the connection\necho-client: {taken} of {taken} bytes did not come back\n",
            TransferLine.Skip(client.Error));
    }

    [Fact]
    public void A_reset_is_reported_with_its_reason()
    {
        using ScriptedServer server = new(socket =>
        {
            _ = socket.ReceiveExactly(6);
            socket.Reset();
        });
        using RunningClient client = Connect(server.Port);
        IReadOnlyList<int> family = client.WaitForChildren();
        client.Program.Type("hello\n");
        Assert.Equal(1, client.WaitForExit());
        Assert.StartsWith(
            $"echo-client: read() error: Connection reset by peer (127.0.0.1:{server.Port})\n",
            client.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain(family, ProcessTable.Exists);
    }

    [Fact]
    public void A_refused_connection_is_reported_in_the_words_of_the_textbook()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        int port = ((System.Net.IPEndPoint)bound.LocalEndPoint!).Port;
        using RunningClient client = Connect(port);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: connect() error: Connection refused (127.0.0.1:{port})\n", client.Error);
    }

    [Fact]
    public void An_unknown_name_is_reported()
    {
        using RunningProgram client = WithHosts("", "nosuch.invalid", "9190");
        Assert.Equal(1, client.WaitForExit());
        Assert.Matches(@"^echo-client: getaddrinfo\(\) error: .* \(nosuch\.invalid\)\n$", client.Error);
    }

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
            () => ProcessTable.DescendantsOf(terminal.Program.Id).Count >= processes,
            "it has all its processes",
            () => terminal.Program.Transcript);
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
    public void A_standard_stream_that_can_not_be_used_is_reported(string redirection, string reason)
    {
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "sh", ["-c", $"echo hello 2>/dev/null | {{ exec {Client.ClientLine} 127.0.0.1 {server.Port} {redirection}; }}"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: {reason}\n", client.Error);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void An_output_file_at_its_size_limit_is_reported()
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
    public void An_output_pipe_without_a_reader_is_reported()
    {
        using RunningServer server = Serve();
        using RunningProgram client = new("bash", SendForEverAndShowOneLine(server.Port));
        AssertLostReader(client);
    }

    [Fact]
    public void The_session_ends_with_a_client_whose_output_has_no_reader()
    {
        using RunningServer server = Serve();
        using RunningProgram client = new("bash", SendForEverAndShowOneLine(server.Port));
        server.WaitForRemoved(1);
        Assert.Equal(1, client.WaitForExit());
    }

    [Fact]
    public void The_sender_goes_on_while_the_client_ends()
    {
        using RunningServer server = Serve();
        using TracedProgram client = new(
            "bash",
            SendForEverAndShowOneLine(server.Port),
            ["-e", "trace=exit_group", "-e", "inject=exit_group:delay_enter=300000"]);
        AssertLostReader(client.Program);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void Input_that_another_process_made_non_blocking_is_waited_for()
    {
        // The other end of the socket pair is in a process that sets O_NONBLOCK on the shared open file.
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "bash",
            [
                "-c",
                "(sleep 0.2; echo hello; sleep 0.2; echo q) | (dd iflag=nonblock of=/dev/null count=0 status=none; "
                    + $"exec {Client.ClientLine} 127.0.0.1 {server.Port})",
            ]);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal($"{Prefix}hello\n", client.Output);
    }

    private static void AssertEnd(IReadOnlyList<int> processes) =>
        Assert.All(
            processes, process => Deadline.WaitUntil(() => ProcessTable.StateOf(process) is null or 'Z', $"{process} is gone"));

    private static void AssertLostReader(RunningProgram client)
    {
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"{Prefix}y\n", client.Output);
        Assert.Equal("echo-client: write() error: Broken pipe (standard output)\n", client.Error);
    }

    // Arguments of bash, which ends with the exit status of the client.
    private string[] SendForEverAndShowOneLine(int port) =>
        ["-c", $"set -o pipefail; yes 2>/dev/null | {Client.ClientLine} 127.0.0.1 {port} | head -n 1"];

    // Until it has no reader any more.
    private static void TypeForEver(RunningProgram program)
    {
        while (true)
        {
            program.Type(new string('y', 1000));
        }
    }
}

public sealed class NativeClientEndingTests() : ClientEndingContract(Engine.Native);

public sealed class ManagedClientEndingTests() : ClientEndingContract(Engine.Managed);
