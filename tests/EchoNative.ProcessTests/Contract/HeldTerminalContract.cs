using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// A terminal that takes no output, as after Ctrl-S, neither stops the service nor keeps a program from ending.
/// </summary>
public abstract partial class HeldTerminalContract(Engine engine) : ServerContract(engine)
{
    private const int Sessions = 50;

    [Fact]
    public void Clients_are_served_and_each_line_is_written_later_or_counted()
    {
        using Terminal terminal = new($"{Engine.ServerLine} 0");
        int port = WaitForPort(terminal);
        terminal.HoldOutput(true);
        Serve(terminal, port);
        terminal.HoldOutput(false);

        // The next line of the server itself says how many were dropped.
        Loopback.AssertServes(port);
        Deadline.WaitUntil(
            () => CountLines(terminal.Screen) + CountDropped(terminal.Screen) == 3 * (Sessions + 1),
            "all lines are written or counted",
            () => terminal.Screen);
        RunningProgram.Send(terminal.ProgramId, Engine.StopSignal());
        Assert.Equal(0, terminal.WaitForExit());
    }

    [Fact]
    public void The_server_ends_by_a_signal()
    {
        using Terminal terminal = new($"{Engine.ServerLine} 0");
        int port = WaitForPort(terminal);
        terminal.HoldOutput(true);
        Serve(terminal, port);
        AssertEnds(terminal);
    }

    private static int WaitForPort(Terminal terminal)
    {
        terminal.WaitFor("listening on");
        Match line = Listening().Match(terminal.Screen);
        Deadline.WaitUntil(() => (line = Listening().Match(terminal.Screen)).Success, "the line is whole", () => terminal.Screen);
        return int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static int CountLines(string screen) => Line().Count(screen);

    private static long CountDropped(string screen) =>
        Dropped().Matches(screen).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    protected static void Serve(Terminal terminal, int port)
    {
        for (int session = 0; session < Sessions; session++)
        {
            using Socket client = Loopback.Connect(port);
            client.AssertEchoes();
            client.Shutdown(SocketShutdown.Send);
            Assert.True(client.IsAtEnd());
        }

        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(terminal.ProgramId).Count == 0, "all children are removed");
    }

    protected void AssertEnds(Terminal terminal)
    {
        RunningProgram.Send(terminal.ProgramId, Engine.StopSignal());
        Assert.Equal(0, terminal.WaitForExit());
    }

    [GeneratedRegex(@"listening on \S+:(\d+)\r")]
    private static partial Regex Listening();

    [GeneratedRegex(
        @"^(new client connected\.\.\. .*\)|client disconnected\.\.\. .*\)|removed .*\d)\r?$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^log flows again\.\.\. (\d+) ", RegexOptions.Multiline)]
    private static partial Regex Dropped();
}

public sealed class NativeHeldTerminalTests() : HeldTerminalContract(Engine.Native)
{
    [Fact]
    public void Errors_do_not_stop_the_service_where_the_terminal_is_standard_error_alone()
    {
        using ScratchFolder folder = new();
        using Terminal terminal = new($"{Engine.ServerLine} --port-file {folder["port"]} 0 >{folder["log"]}");
        Deadline.WaitUntil(() => File.Exists(folder["port"]), "the port is written", () => terminal.Screen);
        int port = int.Parse(File.ReadAllText(folder["port"]), CultureInfo.InvariantCulture);
        Loopback.AssertServes(port);
        terminal.HoldOutput(true);
        FailToAccept(terminal.ProgramId, port);
        Serve(terminal, port);
        AssertEnds(terminal);
        Assert.Contains("summary... ", File.ReadAllText(folder["log"]), StringComparison.Ordinal);
    }

    // The client is served when there are descriptors again.
    private static void FailToAccept(int server, int port)
    {
        string[] limit = ["--pid", $"{server}", "--nofile"];
        string before = ToolRun.Check("prlimit", [.. limit, "--raw", "--noheadings", "--output", "SOFT"]).Trim();
        _ = ToolRun.Check("prlimit", [.. limit[..2], $"--nofile={ProcessTable.DescriptorLimitOf(server, 0)}:"]);
        using Socket client = Loopback.Connect(port);
        client.SendText("hello");

        // It sleeps after each failure.
        long sleeps = SleepsOf(server);
        Deadline.WaitUntil(() => SleepsOf(server) > sleeps + 3, "accept fails");
        _ = ToolRun.Check("prlimit", [.. limit[..2], $"--nofile={before}:"]);
        Assert.Equal("hello", client.ReceiveText(5));
    }

    private static long SleepsOf(int processId) =>
        long.Parse(ProcessTable.StatusOf(processId, "voluntary_ctxt_switches"), CultureInfo.InvariantCulture);
}

public sealed class ManagedHeldTerminalTests() : HeldTerminalContract(Engine.Managed);

/// <summary>The client on such a terminal.</summary>
public abstract class ClientOnHeldTerminalContract(Engine engine)
{
    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public void The_client_ends_by_a_signal(string signal, int status)
    {
        using TcpListener listening = Loopback.Listen();
        using Terminal terminal = Start(listening, out Socket client);
        using Socket server = client;
        terminal.HoldOutput(true);
        server.SendText("not shown");
        RunningProgram.Send(terminal.ProgramId, signal);
        Assert.Equal(status, terminal.WaitForExit());
        Assert.DoesNotContain("not shown", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_arrived_is_shown_when_the_terminal_takes_it()
    {
        using TcpListener listening = Loopback.Listen();
        using Terminal terminal = Start(listening, out Socket client);
        using Socket server = client;
        terminal.HoldOutput(true);
        server.SendText(", shown later");
        terminal.HoldOutput(false);
        terminal.WaitFor("Message from server: hello, shown later");
        terminal.Type(Terminal.ControlD);
        Assert.True(server.IsAtEnd());
        server.Close();
        Assert.Equal(0, terminal.WaitForExit());
    }

    private Terminal Start(TcpListener listening, out Socket server)
    {
        Terminal terminal = new($"{engine.ClientLine} 127.0.0.1 {Loopback.PortOf(listening)}");
        server = Loopback.Accept(listening);
        server.SendText("hello");
        terminal.WaitFor("hello");
        return terminal;
    }
}

public sealed class NativeClientOnHeldTerminalTests() : ClientOnHeldTerminalContract(Engine.Native);

public sealed class ManagedClientOnHeldTerminalTests() : ClientOnHeldTerminalContract(Engine.Managed);
