using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The limits on clients, and the idle timeout.</summary>
public abstract class LimitContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void At_the_limit_clients_wait_and_are_served_as_soon_as_there_is_a_place()
    {
        using RunningServer server = Start("--max-clients", "2");
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        Assert.Equal("limit reached... 2 active, further clients wait", server.WaitForLine("^limit reached"));
        using Socket third = server.Connect();
        using Socket fourth = server.Connect();
        third.SendText("third");
        fourth.SendText("fourth");
        first.AssertEchoes();
        AssertServes(server, 2);
        first.Close();
        Assert.Equal("third", third.ReceiveText(5));
        AssertServes(server, 2);
        second.Close();
        Assert.Equal("fourth", fourth.ReceiveText(6));
        third.Close();

        server.WaitForRemoved(3);
        fourth.Close();
        server.WaitForRemoved(4);
        server.AssertServes();
        AssertLimitReached(server, most: 3, refused: 0, "2 active, further clients wait");
    }

    [Fact]
    public void A_limit_that_is_reached_and_left_all_the_time_is_reported_once_a_second()
    {
        const int Clients = 300;
        using RunningServer server = Start("--max-clients", "1");
        Stopwatch clock = Stopwatch.StartNew();
        for (int client = 0; client < Clients; client++)
        {
            server.AssertServes();
        }

        server.WaitForRemoved(Clients);
        int seconds = (int)clock.Elapsed.TotalSeconds;
        AssertLimitReached(server, Clients, refused: 0, "1 active, further clients wait");
        Assert.InRange(LimitLines(server).Count, 2, 2 * (seconds + 2));

        // The next line has all times since the last one.
        int served = Clients;
        Deadline.WaitUntil(
            () =>
            {
                server.AssertServes();
                served++;
                server.WaitForRemoved(served);
                return TimesReached(server) == served;
            },
            "no time is missing");
    }

    [Fact]
    public void A_limit_that_is_reached_again_is_reported_though_nothing_else_happens()
    {
        using RunningServer server = Start("--max-clients", "1");
        server.AssertServes();
        server.WaitForRemoved(1);
        using Socket client = server.Connect();
        client.AssertEchoes();
        Deadline.WaitUntil(() => TimesReached(server) == 2, "it is reported", () => server.Program.Transcript);
    }

    [Fact]
    public void A_server_that_refuses_at_the_limit_closes_at_once_and_counts()
    {
        using RunningServer server = Start("--max-clients", "1", "--busy", "refuse");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        Assert.Equal("limit reached... 1 active, further clients are refused", server.WaitForLine("^limit reached"));
        for (int refused = 0; refused < 3; refused++)
        {
            using Socket client = server.Connect();
            Assert.True(client.IsAtEnd());
        }

        first.AssertEchoes();
        first.Close();
        Assert.Equal("limit left... 0 active, 3 refused", server.WaitForLine("^limit left"));
        AssertLimitReached(server, most: 1, refused: 3, "1 active, further clients are refused");
    }

    [Fact]
    public void A_server_at_the_limit_stops_when_asked_to()
    {
        using RunningServer server = Start("--max-clients", "1");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        using Socket waiting = server.Connect();
        server.Program.Signal(Engine.StopSignal());
        _ = server.WaitForLine("^stopping... 1 active");
        first.AssertEchoes();
        first.Close();
        Assert.Equal(0, server.Program.WaitForExit());
    }

    [Fact]
    public void At_the_limit_the_server_is_idle()
    {
        using RunningServer server = Start("--max-clients", "1");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        using Socket waiting = server.Connect();
        first.AssertEchoes();
        ProcessTable.WaitForIdle(server.Program.Id);
        first.AssertEchoes();
    }

    [Fact]
    public void A_lack_of_descriptors_is_reported_once_and_waiting_clients_are_served_afterwards()
    {
        const string Said = @"echo-server: accept\(\) error: Too many open files \(clients wait until there is room\)";
        const int Clients = 100;
        using RunningServer server = Start();
        using Socket first = server.Connect();
        first.AssertEchoes();
        if (Engine.Forks)
        {
            // The child answers while the parent may still have its copy.
            ProcessTable.WaitForDescriptors(server.Program.Id, [0, 1, 2, 3]);
        }

        for (int burst = 1; burst <= 2; burst++)
        {
            // A client takes a descriptor of the managed server during its session, and one of the forking parent for a moment.
            int room = Engine.Forks ? 0 : 50;
            string limit = server.Program.Limit("nofile", $"{ProcessTable.DescriptorLimitOf(server.Program.Id, room)}");
            List<Socket> clients = [.. Enumerable.Range(0, Clients).Select(_ => server.Connect())];
            clients.ForEach(client => client.SendText("hello"));
            Deadline.WaitUntil(
                () => server.Program.Error.Split('\n').Length > burst,
                "it says that there is no room",
                () => server.Program.Transcript);

            // Connected clients are served, and the server does not spin because of those that wait.
            first.AssertEchoes();
            Deadline.WaitUntil(
                () => TicksOfASecond(server) < 20, "it uses less than a fifth of a processor", () => server.Program.Transcript);
            first.AssertEchoes();
            _ = server.Program.Limit("nofile", limit);
            Assert.All(clients, client => Assert.Equal("hello", client.ReceiveText(5)));
            Assert.Equal(burst, Regex.Count(server.Program.Error, Said));
            Assert.Equal(burst, server.Program.Error.Split('\n').Length - 1);
            clients.ForEach(client => client.Dispose());
            server.WaitForRemoved(burst * Clients);
        }

        first.Close();
        server.WaitForRemoved((2 * Clients) + 1);
        Assert.Equal(0, server.Stop());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Clients_of_one_address_are_served_up_to_the_limit(string address)
    {
        using RunningServer server = Start("--bind", "::", "--max-per-peer", "2");
        using Socket first = server.Connect(address);
        using Socket second = server.Connect(address);
        first.AssertEchoes();
        second.AssertEchoes();
        using Socket third = server.Connect(address);
        string peer = $"{third.LocalEndPoint}".Replace("::ffff:", "", StringComparison.Ordinal);
        Assert.True(third.IsAtEnd());
        Assert.Equal($"client refused... {peer} (2 active from this address)", server.WaitForLine("^client refused"));
        using Socket other = server.Connect(address == "::1" ? "127.0.0.1" : "::1");
        other.AssertEchoes();
        first.Close();
        server.WaitForRemoved(1);
        using Socket again = server.Connect(address);
        again.AssertEchoes();
    }

    [Fact]
    public void A_client_that_sends_nothing_is_disconnected_as_idle()
    {
        using RunningServer server = Start("--idle-timeout", "1");
        using Socket client = server.Connect();
        client.AssertEchoes();
        Assert.True(client.IsAtEnd());
        string line = server.WaitForLine("^client disconnected");
        Assert.EndsWith(" s): idle for 1 s", line, StringComparison.Ordinal);
        server.WaitForRemoved(1);
        Assert.EndsWith(" (exit status 1)", server.RemovedLines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(80_000_000)]
    public void A_client_that_receives_nothing_is_disconnected_as_idle(int length)
    {
        // The native engine echoes the longer one by splice(2).
        using RunningServer server = Start("--idle-timeout", "1");
        using Socket client = server.Connect();
        client.ReceiveBufferSize = 4096;
        client.SendTimeout = 1;
        try
        {
            client.SendAll(new byte[length]);
        }
        catch (SocketException)
        {
            // Both directions are full: the idle timeout ends such a session.
        }

        Assert.EndsWith(" s): idle for 1 s", server.WaitForLine("^client disconnected"), StringComparison.Ordinal);
        server.WaitForRemoved(1);
    }

    [Fact]
    public void A_client_that_sends_within_the_idle_timeout_is_not_idle()
    {
        using RunningServer server = Start("--idle-timeout", "5");
        using Socket client = server.Connect();
        for (int i = 0; i < 6; i++)
        {
            client.AssertEchoes();
            Thread.Sleep(1000);
        }

        client.AssertEchoes();
        client.Shutdown(SocketShutdown.Send);
        Assert.True(client.IsAtEnd());
        Assert.DoesNotContain("idle", server.WaitForLine("^client disconnected"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_has_the_keepalive_timer()
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        client.AssertEchoes();

        Deadline.WaitUntil(() => ConnectionTable.HasKeepAlive(server.Port), "the keepalive timer runs");
    }

    // The log never shows more sessions than the limit. With processes, the number of children is the same.
    private void AssertServes(RunningServer server, int count)
    {
        int most = 0;
        int active = 0;
        foreach (string line in server.Lines)
        {
            active += line.StartsWith("new client connected... ", StringComparison.Ordinal) ? 1 : 0;
            active -= line.StartsWith(Engine.RemovedWords, StringComparison.Ordinal) ? 1 : 0;
            most = Math.Max(most, active);
        }

        Assert.Equal(count, most);
        if (Engine.Forks)
        {
            Assert.Equal(count, ProcessTable.ChildrenOf(server.Program.Id).Count);
        }
    }

    private static long TicksOfASecond(RunningServer server)
    {
        long before = ProcessTable.TicksOf(server.Program.Id);
        Thread.Sleep(TimeSpan.FromSeconds(1));
        return ProcessTable.TicksOf(server.Program.Id) - before;
    }

    // Each line is written at most once a second, so the last one may come later than what it reports.
    private static void AssertLimitReached(RunningServer server, int most, int refused, string words)
    {
        Deadline.WaitUntil(
            () => LimitLines(server) is { Count: > 0 } lines && lines.Count % 2 == 0,
            "the limit is left",
            () => server.Program.Transcript);
        List<string> lines = LimitLines(server);
        for (int index = 0; index < lines.Count; index++)
        {
            string begin = index % 2 == 0 ? $"limit reached... {words}" : "limit left... ";
            Assert.StartsWith(begin, lines[index], StringComparison.Ordinal);
        }

        Assert.InRange(TimesReached(server), 1, most);
        Assert.Equal(refused, lines.Sum(line => NumberIn(line, @"active, (\d+) refused", otherwise: 0)));
    }

    private static int TimesReached(RunningServer server) => LimitLines(server)
        .Where(line => line.StartsWith("limit reached", StringComparison.Ordinal))
        .Sum(line => NumberIn(line, @"\((\d+) times since the last such line\)$", otherwise: 1));

    private static int NumberIn(string line, string pattern, int otherwise) =>
        Regex.Match(line, pattern) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : otherwise;

    private static List<string> LimitLines(RunningServer server) =>
        [.. server.Lines.Where(line => line.StartsWith("limit ", StringComparison.Ordinal))];
}

public sealed class NativeLimitTests() : LimitContract(Engine.Native);

public sealed class ManagedLimitTests() : LimitContract(Engine.Managed);
