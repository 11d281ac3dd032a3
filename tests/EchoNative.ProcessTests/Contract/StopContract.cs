using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class StopContract(Engine engine) : ServerContract(engine)
{
    public static TheoryData<string> StopSignals => ["TERM", "INT", "HUP"];

    [Theory]
    [MemberData(nameof(StopSignals))]
    public void Without_sessions_a_stop_signal_ends_the_server_at_once(string signal)
    {
        using RunningServer server = Start();
        server.Program.Signal(Engine.StopSignal(signal));
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Collection(
            server.Lines,
            line => Assert.StartsWith("listening on ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("summary... 0 accepted, ", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(StopSignals))]
    public void A_session_may_finish_while_no_further_client_is_accepted(string signal)
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        server.Program.Signal(Engine.StopSignal(signal));
        _ = server.WaitForLine(@"^stopping\.\.\. 1 active, 8 s to finish$");
        _ = Assert.Throws<SocketException>(() => server.Connect());
        client.AssertEchoes("still here");
        client.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Matches($"^{Engine.RemovedPattern}$", server.Lines[^2]);
        Assert.StartsWith("summary... 1 accepted, 0 active, ", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_grace_sessions_are_ended_and_removed()
    {
        using RunningServer server = Start("--grace", "1");
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        Assert.Equal(0, server.Stop());
        Assert.Equal(2, server.RemovedLines.Count);
        Assert.All(server.RemovedLines, line => Assert.EndsWith(Engine.EndedBy("TERM"), line, StringComparison.Ordinal));
        Assert.True(first.IsAtEnd());
    }

    [Theory]
    [InlineData("TERM", "TERM")]
    [InlineData("INT", "TERM")]
    [InlineData("HUP", "HUP")]
    public void A_second_signal_ends_it_at_once(string first, string second)
    {
        using RunningServer server = Start("--grace", "1000");
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        server.Program.Signal(Engine.StopSignal(first));
        _ = server.WaitForLine("^stopping");
        server.Program.Signal(Engine.StopSignal(second));
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.EndsWith(Engine.EndedBy("KILL"), Assert.Single(server.RemovedLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_C_on_a_terminal_lets_sessions_finish_and_ends_it()
    {
        using Terminal terminal = new($"{Engine.ServerLine} 0");
        terminal.WaitFor("listening on");
        int port = PortIn(terminal.Screen);
        using Socket client = Connect(port);
        terminal.WaitFor("1 active");

        // The terminal sends SIGINT to every process that the server has.
        terminal.Type(Terminal.ControlC);
        terminal.WaitFor("stopping...");
        client.AssertEchoes();
        client.Close();
        Assert.Equal(0, terminal.WaitForExit());
        Assert.Contains("5 bytes", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Under_nohup_the_hangup_of_the_terminal_is_ignored()
    {
        using RunningServer server = new(Engine, "nohup", Engine.ServerCommand);
        server.Program.Signal("HUP");

        // A stopping server may still accept a client that was in the queue.
        for (int client = 1; client <= 3; client++)
        {
            using Socket socket = server.Connect();
            socket.AssertEchoes();
            socket.Close();
            server.WaitForRemoved(client);
        }

        Assert.Equal(0, server.Stop());
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    public void Clients_that_the_kernel_has_connected_are_served_when_a_stopping_server_had_not_accepted_them(
        string bind, string address)
    {
        const int Waiting = 20;
        using RunningServer server = Start("--bind", bind, "--grace", "1000");
        server.Program.Signal("STOP");
        Deadline.WaitUntil(() => ProcessTable.StateOf(server.Program.Id) == 'T', "the server is stopped");
        List<Socket> clients = [.. Enumerable.Range(0, Waiting).Select(_ => server.Connect(address))];
        clients.ForEach(client => client.SendText("before"));
        server.Program.Signal(Engine.StopSignal());
        server.Program.Signal("CONT");
        _ = server.WaitForLine($@"^stopping\.\.\. {Waiting} active, ");
        Assert.All(clients, client => Assert.Equal("before", client.ReceiveText(6)));

        // What comes later has passed a filter that kept newcomers away.
        Assert.All(clients, client => client.AssertEchoes("after"));
        _ = Assert.Throws<SocketException>(() => server.Connect(address));
        clients.ForEach(client => client.Dispose());
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.StartsWith($"summary... {Waiting} accepted, 0 active, ", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_above_the_limit_that_a_stopping_server_finds_are_refused_and_counted()
    {
        using RunningServer server = Start("--max-clients", "1");
        using Socket first = server.Connect();
        first.AssertEchoes();
        Socket[] waiting = [.. Enumerable.Range(0, 3).Select(_ => server.Connect())];
        server.Program.Signal(Engine.StopSignal());
        _ = server.WaitForLine(@"^stopping\.\.\. 1 active, ");
        Assert.All(waiting, client => Assert.True(client.IsAtEnd()));
        first.AssertEchoes();
        first.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Contains("summary... 4 accepted, 0 active, 1 peak, 3 refused", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_server_can_bind_the_port_at_once_after_the_old_one_has_closed_connections()
    {
        using RunningServer old = Start("--grace", "0");
        using Socket client = old.Connect();
        old.WaitForConnected(1);
        Assert.Equal(0, old.Stop());

        // The side that closes first keeps the connection for a minute, see tcp(7), TIME_WAIT.
        Assert.True(client.IsAtEnd());
        client.Close();
        using RunningProgram next = RunServer($"{old.Port}");
        Deadline.WaitUntil(
            () => next.HasExited || next.Output.Contains("listening", StringComparison.Ordinal),
            "the new server listens",
            () => next.Transcript);
        using Socket another = old.Connect();
        another.AssertEchoes();
    }

    [Fact]
    public void Stop_signals_while_sessions_end_never_break_the_server()
    {
        int rounds = Engine.Rounds(20);
        Random random = new(1);
        for (int round = 0; round < rounds; round++)
        {
            using RunningServer server = Start();
            List<Socket> clients = [.. Enumerable.Range(0, 30).Select(_ => server.Connect())];
            foreach (Socket client in clients.Take(random.Next(clients.Count)))
            {
                client.Close();
            }

            server.Program.Signal(Engine.StopSignal(random.Next(2) == 0 ? "TERM" : "INT"));
            clients.ForEach(client => client.Dispose());
            Assert.Equal(0, server.Program.WaitForExit());
            Assert.Empty(server.Program.Error);
        }
    }

    private static int PortIn(string screen) =>
        int.Parse(Regex.Match(screen, "listening on .*:([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static Socket Connect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(System.Net.IPAddress.Loopback, port);
        return socket;
    }
}

public sealed class NativeStopTests() : StopContract(Engine.Native);

public sealed class ManagedStopTests() : StopContract(Engine.Managed);
