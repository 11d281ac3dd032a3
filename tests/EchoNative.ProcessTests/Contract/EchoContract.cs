using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class EchoContract(Engine engine) : ServerContract(engine)
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData((64 * 1024) + 1)]
    [InlineData(64 * Megabyte)]
    public void Random_bytes_come_back_byte_for_byte(int length)
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        byte[] sent = RandomBytes(length);
        Assert.True(sent.AsSpan().SequenceEqual(client.Exchange(sent)));
        client.Shutdown(SocketShutdown.Send);
        Assert.True(client.IsAtEnd());
        _ = server.WaitForLine($@"^client disconnected\.\.\. [^ ]+ \({Engine.ProcessPattern}{length} bytes, \d+\.\d{{3}} s\)$");
    }

    [Fact]
    public void Zero_bytes_and_bytes_that_are_no_text_pass()
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        byte[] sent = [0, 0, 0xff, 0xfe, (byte)'q', (byte)'\n', 0x80, 0];
        Assert.Equal(sent, client.Exchange(sent));
    }

    [Fact]
    public void Two_hundred_clients_are_served_at_once()
    {
        const int Clients = 200;
        using RunningServer server = Start();
        List<Socket> clients = [.. Enumerable.Range(0, Clients).Select(_ => server.Connect())];
        for (int round = 0; round < 3; round++)
        {
            foreach ((int index, Socket client) in clients.Index())
            {
                client.SendText($"client {index} round {round}");
            }

            foreach ((int index, Socket client) in clients.Index())
            {
                string expected = $"client {index} round {round}";
                Assert.Equal(expected, client.ReceiveText(expected.Length));
            }
        }

        _ = server.WaitForLine($@"\({Engine.ProcessPattern}{Clients} active\)$");
        clients.ForEach(client => client.Dispose());
        server.WaitForRemoved(Clients);
        Assert.Equal(0, server.Stop());
    }

    /// <summary>
    /// The orders in which the two sides can end, as steps of the client: send, receive, shutdown-write,
    /// end (of file is expected), close, reset, pause.
    /// </summary>
    [Theory]
    [InlineData("close", 0)]
    [InlineData("shutdown end close", 0)]
    [InlineData("send receive shutdown end close", 5)]
    [InlineData("send shutdown receive end close", 5)]
    [InlineData("send send shutdown receive receive end close", 10)]
    [InlineData("send shutdown pause receive end close", 5)]
    [InlineData("send receive close", 5)]
    [InlineData("send receive send receive shutdown end close", 10)]
    public void Every_order_of_ending_is_logged_with_its_bytes(string steps, int bytes) => AssertLogged(steps, bytes);

    [Theory]
    [InlineData("send receive reset", 5)]
    [InlineData("reset", 0)]
    public void A_reset_is_logged_with_its_bytes_and_reason(string steps, int bytes) =>
        AssertLogged(steps, bytes, ": Connection reset by peer");

    [Fact]
    public void A_reset_in_the_middle_of_a_transfer_hurts_no_other_client()
    {
        using RunningServer server = Start();
        using Socket other = server.Connect();
        other.AssertEchoes("before");
        Socket reset = server.Connect();
        reset.SendAll(RandomBytes(Megabyte));
        _ = reset.ReceiveExactly(1000);
        reset.Reset();
        string line = server.WaitForLine("^client disconnected");
        Assert.Matches(@"\): (Connection reset by peer|Broken pipe)$", line);
        other.AssertEchoes("after");
    }

    [Fact]
    public void A_client_that_never_reads_does_not_block_another_client()
    {
        using RunningServer server = Start();
        Socket deaf = server.Connect();
        deaf.Blocking = false;
        byte[] block = RandomBytes(Megabyte);
        SocketError error = SocketError.Success;
        while (error == SocketError.Success)
        {
            _ = deaf.Send(block, 0, block.Length, SocketFlags.None, out error);
        }

        using Socket other = server.Connect();
        other.AssertEchoes();
        deaf.Reset();
        server.WaitForRemoved(1);
    }

    [Fact]
    public void A_client_that_never_writes_does_not_block_another_client()
    {
        using RunningServer server = Start();
        using Socket silent = server.Connect();
        server.WaitForConnected(1);
        using Socket other = server.Connect();
        other.AssertEchoes();
    }

    [Fact]
    public void Two_thousand_short_connections_leave_nothing_behind()
    {
        const int Connections = 2000;
        using RunningServer server = Start();
        using (Socket first = server.Connect())
        {
            first.AssertEchoes("first");
        }

        server.WaitForRemoved(1);
        ProcessTable.WaitForIdle(server.Program.Id);
        IReadOnlyDictionary<int, string> before = ProcessTable.DescriptorsOf(server.Program.Id);
        for (int i = 1; i < Connections; i++)
        {
            using Socket client = server.Connect();
            client.AssertEchoes();
        }

        server.WaitForRemoved(Connections);
        ProcessTable.WaitForIdle(server.Program.Id);
        Assert.Empty(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.Equal(before, ProcessTable.DescriptorsOf(server.Program.Id));
        Assert.All(server.RemovedLines, line => Assert.Matches($"^{Engine.RemovedPattern}$", line));
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
    }

    [Fact]
    public void An_idle_server_with_an_idle_session_is_never_woken()
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        client.AssertEchoes();
        ProcessTable.WaitForIdle(server.Program.Id);
    }

    private void AssertLogged(string steps, int bytes, string reason = "")
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        _ = server.WaitForLine("^new client connected");
        foreach (string step in steps.Split(' '))
        {
            Take(step, client);
        }

        string line = server.WaitForLine("^client disconnected");
        Assert.Matches($@"\({Engine.ProcessPattern}{bytes} bytes, \d+\.\d{{3}} s\){reason}$", line);
        server.WaitForRemoved(1);
        string status = reason.Length == 0 ? "" : @" \(exit status 1\)";
        Assert.Matches($"^{Engine.RemovedPattern}{status}$", server.RemovedLines[0]);
    }

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static void Take(string step, Socket client)
    {
        const int PauseMilliseconds = 50;
        switch (step)
        {
            case "send":
                client.SendText("hello");
                break;
            case "receive":
                Assert.Equal("hello", client.ReceiveText("hello".Length));
                break;
            case "shutdown":
                client.Shutdown(SocketShutdown.Send);
                break;
            case "end":
                Assert.True(client.IsAtEnd());
                break;
            case "close":
                client.Close();
                break;
            case "reset":
                client.Reset();
                break;
            default:
                Thread.Sleep(PauseMilliseconds);
                break;
        }
    }
}

public sealed class NativeEchoTests() : EchoContract(Engine.Native);

public sealed class ManagedEchoTests() : EchoContract(Engine.Managed);
