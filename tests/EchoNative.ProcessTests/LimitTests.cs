using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>How many clients there may be, and how long they may be silent.</summary>
public sealed class LimitTests
{
    [Fact]
    public void At_the_limit_clients_wait_and_are_served_as_soon_as_there_is_a_place()
    {
        using RunningServer server = new("--max-clients", "2");
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        Assert.Equal("limit reached... 2 active, further clients wait", server.WaitForLine("^limit reached"));
        using Socket third = server.Connect();
        using Socket fourth = server.Connect();
        third.SendText("third");
        fourth.SendText("fourth");
        AssertEchoes(first);
        Assert.Equal(2, ProcessTable.ChildrenOf(server.Program.Id).Count);
        first.Close();
        Assert.Equal("third", third.ReceiveText(5));
        Assert.Equal(2, ProcessTable.ChildrenOf(server.Program.Id).Count);
        second.Close();
        Assert.Equal("fourth", fourth.ReceiveText(6));
        third.Close();
        server.WaitForRemoved(3);
        fourth.Close();
        server.WaitForRemoved(4);
        AssertEchoesAfterAll(server);
        Assert.Equal(
            Enumerable.Repeat<string[]>(["limit reached... 2 active, further clients wait", "limit left... 1 active, 0 refused"], 3).SelectMany(pair => pair),
            LimitLines(server));
    }

    [Fact]
    public void A_server_that_refuses_at_the_limit_closes_at_once_and_counts()
    {
        using RunningServer server = new("--max-clients", "1", "--busy", "refuse");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        Assert.Equal("limit reached... 1 active, further clients are refused", server.WaitForLine("^limit reached"));
        for (int refused = 0; refused < 3; refused++)
        {
            using Socket client = server.Connect();
            Assert.True(client.IsAtEnd());
        }

        AssertEchoes(first);
        first.Close();
        Assert.Equal("limit left... 0 active, 3 refused", server.WaitForLine("^limit left"));
        AssertEchoesAfterAll(server);
        _ = server.WaitForLine("^limit left... 0 active, 0 refused$");
        Assert.Equal(
            [
                "limit reached... 1 active, further clients are refused", "limit left... 0 active, 3 refused",
                "limit reached... 1 active, further clients are refused", "limit left... 0 active, 0 refused",
            ],
            LimitLines(server));
    }

    [Fact]
    public void A_killed_child_leaves_its_place_once()
    {
        using RunningServer server = new("--max-clients", "2", "--busy", "refuse");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        RunningProgram.Send(child, "KILL");
        server.WaitForRemoved(1);
        using Socket third = server.Connect();
        AssertEchoes(third);
        using Socket fourth = server.Connect();
        Assert.True(fourth.IsAtEnd());
        AssertEchoes(second);
    }

    [Fact]
    public void Asked_to_stop_at_the_limit_it_stops()
    {
        using RunningServer server = new("--max-clients", "1");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        using Socket waiting = server.Connect();
        server.Program.Signal("TERM");
        _ = server.WaitForLine("^stopping... 1 active");
        AssertEchoes(first);
        first.Close();
        Assert.Equal(0, server.Program.WaitForExit());
    }

    [Fact]
    public void At_the_limit_it_sleeps()
    {
        using RunningServer server = new("--max-clients", "1");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        using Socket waiting = server.Connect();
        AssertEchoes(first);
        string before = ProcessTable.StatusOf(server.Program.Id, "voluntary_ctxt_switches");
        for (int i = 0; i < 20; i++)
        {
            AssertEchoes(first);
        }

        Assert.Equal(before, ProcessTable.StatusOf(server.Program.Id, "voluntary_ctxt_switches"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Of_one_address_only_so_many_are_served(string address)
    {
        using RunningServer server = new("--bind", "::", "--max-per-peer", "2");
        using Socket first = server.Connect(address);
        using Socket second = server.Connect(address);
        AssertEchoes(first);
        AssertEchoes(second);
        using Socket third = server.Connect(address);
        string peer = $"{third.LocalEndPoint}".Replace("::ffff:", "", StringComparison.Ordinal);
        Assert.True(third.IsAtEnd());
        Assert.Equal($"client refused... {peer} (2 active from this address)", server.WaitForLine("^client refused"));
        using Socket other = server.Connect(address == "::1" ? "127.0.0.1" : "::1");
        AssertEchoes(other);
        first.Close();
        server.WaitForRemoved(1);
        using Socket again = server.Connect(address);
        AssertEchoes(again);
    }

    [Fact]
    public void A_client_that_says_nothing_is_disconnected_with_the_reason()
    {
        using RunningServer server = new("--idle-timeout", "1");
        using Socket client = server.Connect();
        AssertEchoes(client);
        Assert.True(client.IsAtEnd());
        string line = server.WaitForLine("^client disconnected");
        Assert.EndsWith(" s): idle for 1 s", line, StringComparison.Ordinal);
        server.WaitForRemoved(1);
        Assert.EndsWith(" (exit status 1)", server.RemovedLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(80_000_000)]
    public void A_client_that_takes_nothing_is_disconnected_with_the_reason(int length)
    {
        // The longer one is passed on by splice(2).
        using RunningServer server = new("--idle-timeout", "1");
        using Socket client = server.Connect();
        client.ReceiveBufferSize = 4096;
        client.SendTimeout = 1;
        try
        {
            client.SendAll(new byte[length]);
        }
        catch (SocketException)
        {
            // Neither side takes more: that is what the server gives up on.
        }

        Assert.EndsWith(" s): idle for 1 s", server.WaitForLine("^client disconnected"), StringComparison.Ordinal);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void A_client_that_says_something_now_and_then_is_not_idle()
    {
        using RunningServer server = new("--idle-timeout", "2");
        using Socket client = server.Connect();
        for (int i = 0; i < 4; i++)
        {
            AssertEchoes(client);
            System.Threading.Thread.Sleep(700);
        }

        AssertEchoes(client);
        client.Shutdown(SocketShutdown.Send);
        Assert.True(client.IsAtEnd());
        Assert.DoesNotContain("idle", server.WaitForLine("^client disconnected"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_that_vanishes_is_asked_for_now_and_then()
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        AssertEchoes(client);

        // The server's end of the connection, see proc_net_tcp(5): its timer is the one of keepalive (2), or for a
        // moment still that of the answer on its way (1).
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{server.Port:X4}");
        Deadline.WaitUntil(
            () => File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == "01"
                    && fields[5].StartsWith("02:", StringComparison.Ordinal)),
            "the keepalive timer runs");
    }

    private static void AssertEchoes(Socket client)
    {
        client.SendText("hello");
        Assert.Equal("hello", client.ReceiveText(5));
    }

    private static void AssertEchoesAfterAll(RunningServer server)
    {
        using Socket last = server.Connect();
        AssertEchoes(last);
    }

    private static List<string> LimitLines(RunningServer server) =>
        [.. server.Lines.Where(line => line.StartsWith("limit ", StringComparison.Ordinal))];
}
