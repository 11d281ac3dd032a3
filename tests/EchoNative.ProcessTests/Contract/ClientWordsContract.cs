using System;
using System.Linq;
using System.Text;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class ClientWordsContract(Engine client) : ClientContract(client)
{
    private const string Prefix = "Message from server: ";
    private const int LongestInput = 100_000;

    [Fact]
    public void The_prefix_stands_once_a_line_however_the_bytes_are_cut()
    {
        using ScriptedServer server = new(socket =>
        {
            foreach (byte part in "one\ntwo\n\nthree"u8)
            {
                socket.SendAll([part]);
                Thread.Sleep(millisecondsTimeout: 2); // so that each byte comes alone
            }

            Assert.True(socket.IsAtEnd());
        });
        using RunningClient client = Connect(server.Port);
        client.Feed([]);
        Assert.Equal(0, client.WaitForExit());
        server.Join();
        Assert.Equal($"{Prefix}one\n{Prefix}two\n{Prefix}\n{Prefix}three\n", client.Output);
    }

    [Theory]
    [InlineData("hello\nq\n", "hello\n")]
    [InlineData("hello\nQ\n", "hello\n")]
    [InlineData("hello\n", "hello\n")]
    [InlineData("hello\nworld", "hello\nworld\n")]
    [InlineData("q\nnever sent\n", "")]
    [InlineData("hello\r\nq\r\nnever sent\r\n", "hello\r\n")]
    [InlineData("q\r", "")]
    [InlineData("q\rx\n", "q\rx\n")]
    [InlineData("quit\nqq\n q\nq \nq", "quit\nqq\n q\nq \n")]
    [InlineData("\n\nq\n", "\n\n")]
    [InlineData("", "")]
    public void Each_line_is_sent_until_the_quit_line_and_shown_with_the_prefix(string input, string shown)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port);
        client.Feed(Encoding.UTF8.GetBytes(input));
        Assert.Equal(0, client.WaitForExit());
        string[] lines = shown.Split('\n')[..^1];
        Assert.Equal(string.Concat(lines.Select(line => $"{Prefix}{line}\n")), client.Output);
        Assert.Empty(client.Error);
    }

    [Fact]
    public void A_line_of_ten_million_bytes_and_bytes_that_are_no_text_pass()
    {
        byte[] line = new byte[10_000_000];
        new Random(1).NextBytes(line);
        line.AsSpan().Replace((byte)'\n', (byte)0);
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port);
        client.Feed(line);
        Assert.Equal(0, client.WaitForExit());
        byte[] shown = client.Program.GetOutputBytes();
        Assert.True(shown.AsSpan(Prefix.Length, line.Length).SequenceEqual(line));
        Assert.Equal(Prefix.Length + line.Length + 1, shown.Length);
    }

    [Fact]
    public void With_quiet_nothing_is_shown_and_the_exit_status_is_0()
    {
        using RunningServer server = Serve();
        using RunningClient good = Connect(server.Port, "--quiet");
        good.Feed("hello\n"u8);
        Assert.Equal(0, good.WaitForExit());
        Assert.Empty(good.Program.Transcript.Replace("standard output:\n\nstandard error:\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost", "0.0.0.0")]
    [InlineData("127.0.0.1", "0.0.0.0")]
    [InlineData("::1", "::")]
    [InlineData("localhost", "::")]
    public void A_host_is_a_name_or_a_literal_of_either_family(string host, string bind)
    {
        using RunningServer server = Serve("--bind", bind);
        using RunningProgram client = RunClient(host, $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal($"{Prefix}hello\n", client.Output);
    }

    [Fact]
    public void A_person_at_a_terminal_types_sees_and_quits()
    {
        using RunningServer server = Serve();
        using Terminal terminal = new($"{Client.ClientLine} 127.0.0.1 {server.Port}");
        server.WaitForConnected(1);
        terminal.Type("Who are you?\r");
        terminal.WaitFor($"{Prefix}Who are you?");
        terminal.Type("q\r");
        Assert.Equal(0, terminal.WaitForExit());
        server.WaitForRemoved(1);
    }

    [Fact]
    public void End_of_file_at_a_terminal_ends_it_like_q()
    {
        using RunningServer server = Serve();
        using Terminal terminal = new($"{Client.ClientLine} 127.0.0.1 {server.Port}");
        server.WaitForConnected(1);
        terminal.Type("hello\r");
        terminal.WaitFor($"{Prefix}hello");
        terminal.Type(Terminal.ControlD);
        Assert.Equal(0, terminal.WaitForExit());
    }

    [Fact]
    public void Any_bytes_on_standard_input_come_back_unchanged()
    {
        using RunningServer server = Serve("--bind", "127.0.0.1");
        Random random = new(5);
        int rounds = Client.Rounds(30);
        for (int round = 0; round < rounds; round++)
        {
            byte[] input = new byte[random.Next(LongestInput)];
            random.NextBytes(input);
            using RunningClient raw = Connect(server.Port, "--raw");
            raw.Feed(input);
            Assert.Equal(0, raw.WaitForExit());
            Assert.Equal(input, raw.Program.GetOutputBytes());

            // When it is shown in lines, the data may contain the quit line.
            using RunningClient shown = Connect(server.Port);
            shown.Feed(input);
            Assert.Equal(0, shown.WaitForExit());
            Assert.Empty(shown.Error);
        }
    }
}

public sealed class NativeClientWordsTests() : ClientWordsContract(Engine.Native);

public sealed class ManagedClientWordsTests() : ClientWordsContract(Engine.Managed);
