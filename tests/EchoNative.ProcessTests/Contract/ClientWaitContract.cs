using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>--wait: how long the client waits for an answer.</summary>
public abstract class ClientWaitContract(Engine client) : ClientContract(client)
{
    private const string Prefix = "Message from server: ";

    [Theory]
    [InlineData("hello\n", "echo-client: 6 of 6 bytes did not come back\n")]
    [InlineData("", "")] // the end of file is missing
    public void A_server_that_accepts_and_never_answers_is_given_up(string sent, string missing)
    {
        // The kernel takes the connection, and nobody accepts it.
        using TcpListener listening = Loopback.Listen();
        using RunningClient client = Connect(Loopback.PortOf(listening), "--wait", "0.5", "--timeout", "100");
        client.Feed(System.Text.Encoding.UTF8.GetBytes(sent));
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: no answer for 0.5 s (127.0.0.1:{Loopback.PortOf(listening)})\n{missing}", client.Error);
        Assert.Empty(client.Output);
    }

    [Fact]
    public void A_server_that_never_reads_is_given_up()
    {
        using TcpListener listening = Loopback.Listen();
        using RunningProgram client = new(
            "sh", ["-c", $"yes | {Client.ClientLine} --wait 0.5 --quiet 127.0.0.1 {Loopback.PortOf(listening)}"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Matches(
            @"^echo-client: no answer for 0\.5 s \(127\.0\.0\.1:\d+\)\necho-client: (\d+) of \1 bytes did not come back\n$",
            client.Error);
    }

    [Fact]
    public void A_server_that_answers_and_does_not_end_is_given_up()
    {
        using ScriptedServer server = new(socket =>
        {
            socket.SendText(socket.ReceiveText(6));
            Assert.True(socket.IsAtEnd());
            _ = socket.Poll(Deadline.Long, SelectMode.SelectError); // until the client has reset the connection
        });
        using RunningClient client = Connect(server.Port, "--wait", "1");
        client.Feed("hello\n"u8);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"{Prefix}hello\n", client.Output);
        Assert.Equal($"echo-client: no answer for 1 s (127.0.0.1:{server.Port})\n", client.Error);
    }

    [Fact]
    public void While_nothing_is_missing_the_client_waits_for_its_user()
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--wait", "1");
        client.Program.Type("hello\n");
        Deadline.WaitUntil(() => client.Output == $"{Prefix}hello\n", "the line came back", () => client.Program.Transcript);
        Thread.Sleep(TimeSpan.FromSeconds(1.5)); // longer than the wait
        client.Feed("again\n"u8);
        Assert.True(client.WaitForExit() == 0, client.Program.Transcript);
        Assert.Equal($"{Prefix}hello\n{Prefix}again\n", client.Output);
    }

    [Fact]
    public void A_slow_answer_is_waited_for_as_long_as_something_comes()
    {
        using ScriptedServer server = new(socket =>
        {
            string line = socket.ReceiveText(6);
            foreach (char part in line)
            {
                Thread.Sleep(TimeSpan.FromSeconds(0.5)); // three seconds in all, longer than the wait
                socket.SendText($"{part}");
            }
        });
        using RunningClient client = Connect(server.Port, "--wait", "2", "--raw", "--quiet", "--verify");
        client.Feed("hello\n"u8);
        Assert.True(client.WaitForExit() == 0, client.Program.Transcript);
        server.Join();
    }

    [Fact]
    public void A_reader_of_the_output_that_pauses_is_no_silent_server()
    {
        // cat starts to read after the wait, and much more is on its way than a pipe takes.
        using RunningServer server = Serve();
        using RunningProgram client = new(
            "sh",
            [
                "-c",
                $"seq 300000 | {{ {Client.ClientLine} --raw --wait 1 127.0.0.1 {server.Port}; echo $? >&2; }} |"
                    + " (sleep 1.5; cat) | wc -l",
            ]);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal("300000", client.Output.Trim());
        Assert.EndsWith("\n0\n", client.Error, StringComparison.Ordinal);
    }
}

public sealed class NativeClientWaitTests() : ClientWaitContract(Engine.Native)
{
    [Fact]
    public void The_sending_process_ends_too_and_nothing_is_left()
    {
        using TcpListener listening = Loopback.Listen();
        using RunningClient client = Connect(Loopback.PortOf(listening), "--wait", "0.5");
        int sender = client.WaitForSender();
        client.Program.Type("hello\n"); // and the input stays open
        Assert.Equal(1, client.WaitForExit());
        Assert.False(ProcessTable.Exists(sender));
    }

    [Fact]
    public void After_the_sending_process_was_killed_the_end_of_file_is_waited_for()
    {
        using TcpListener listening = Loopback.Listen();
        using RunningClient client = Connect(Loopback.PortOf(listening), "--wait", "0.5");
        RunningProgram.Send(client.WaitForSender(), "KILL");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: no answer for 0.5 s (127.0.0.1:{Loopback.PortOf(listening)})\n"
                + "echo-client: the sending process was killed by SIGKILL\n",
            client.Error);
    }
}

public sealed class ManagedClientWaitTests() : ClientWaitContract(Engine.Managed);
