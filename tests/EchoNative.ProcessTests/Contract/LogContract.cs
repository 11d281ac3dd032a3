using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>A log without a reader never stops the service.</summary>
public abstract class LogContract(Engine engine) : ServerContract(engine)
{
    // The three lines of a session have at least 140 bytes, and little more than 1 MiB can wait for the reader: in the
    // pipe, or in a queue before a pipe of the usual size.
    private const int MoreThanAPipeHolds = 1200 * 1024 / 140;

    [Theory]
    [InlineData(">/dev/full", 50)]
    [InlineData(">/dev/full 2>&1", 50)]
    [InlineData("| exec true", 50)]
    [InlineData("| exec sleep 60", MoreThanAPipeHolds)]
    public void Clients_are_served_even_if_the_log_can_not_be_written(string redirection, int connections) =>
        AssertServes(redirection, connections);

    [Theory]
    [InlineData(">&-")]
    [InlineData(">&- 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public void Clients_are_served_even_if_standard_streams_are_closed(string redirection) =>
        AssertServes(redirection, connections: 50);

    [Fact]
    public void A_terminal_shared_with_others_is_not_made_non_blocking()
    {
        // The shell reads its own script from a descriptor of the same open file as the server's output.
        using ScratchFolder folder = new();
        string file = folder["port"];
        using Terminal terminal = new(
            $"sh -c '{Engine.ServerLine} --port-file {file} 0 & "
                + $"until [ -e {file} ]; do sleep 0.1; done; kill $!; wait; cat /proc/$$/fdinfo/1'");
        Assert.Equal(0, terminal.WaitForExit());
        string flags =
            terminal.Screen[(terminal.Screen.IndexOf("flags:", StringComparison.Ordinal) + "flags:".Length)..].Split('\n')[0];
        const int NonBlocking = 0x800; // O_NONBLOCK, octal 04000
        Assert.Equal(0, Convert.ToInt32(flags.Trim(), 8) & NonBlocking);
    }

    [Theory]
    [InlineData(">&9")]
    [InlineData(">&9 2>&9")]
    public void A_connection_that_takes_no_more_lines_neither_stops_the_service_nor_keeps_it_from_ending(string redirection)
    {
        using TcpListener listener = Loopback.Listen();
        using ScratchFolder folder = new();

        // Filled before the server starts.
        const string Fill = """
            import socket, time
            log = socket.socket(fileno=9)
            log.setblocking(False)
            tries = 0
            while tries < 50:
                try:
                    log.send(bytes(65536))
                    tries = 0
                except BlockingIOError:
                    tries += 1
                    time.sleep(0.01)
            log.setblocking(True)
            log.detach()
            """;
        using RunningProgram server = new(
            "bash",
            [
                "-c",
                $"exec 9<>/dev/tcp/127.0.0.1/{Loopback.PortOf(listener)}; python3 -c \"$0\"; "
                    + $"exec {Engine.ServerLine} --port-file {folder["port"]} 0 {redirection}",
                Fill,
            ]);
        using Socket log = Loopback.Accept(listener);
        Deadline.WaitUntil(() => File.Exists(folder["port"]), "the port is written", () => server.Transcript);
        int port = int.Parse(File.ReadAllText(folder["port"]), CultureInfo.InvariantCulture);
        for (int session = 0; session < 50; session++)
        {
            Visit(port);
        }

        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Id).Count == 0, "all children are removed");
        server.Signal(Engine.StopSignal());
        Assert.Equal(0, server.WaitForExit());
    }

    [Fact]
    public void A_log_file_at_its_size_limit_does_not_end_the_service()
    {
        string log = Path.GetTempFileName();
        int port = Loopback.FreePort();
        using RunningProgram server = new("bash", ["-c", $"exec {Engine.ServerLine} {port} >{log}"]);
        try
        {
            Visit(port);
            _ = server.Limit("fsize", "1024");
            for (int i = 0; i < 50; i++)
            {
                Visit(port);
            }

            Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Id).Count == 0, "all children are removed");
            Deadline.WaitUntil(() => new FileInfo(log).Length >= 1024, "the log is as long as it may be");
            Assert.Equal(1024, new FileInfo(log).Length);
            server.Signal(Engine.StopSignal());
            Assert.Equal(0, server.WaitForExit());
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact]
    public void Dropped_lines_are_counted_and_their_number_is_logged_when_the_log_can_be_written_again()
    {
        const int SessionsOfALoad = 700;
        const int LinesOfASession = 3;
        const int LinesOfTheServer = 2; // at the start and at the end
        using ScratchFolder folder = new();
        string path = folder["log"];
        using RunningProgram maker = new("mkfifo", [path]);
        Assert.Equal(0, maker.WaitForExit());
        using RunningProgram reader = new("cat", [path]);
        using RunningProgram server = new("bash", ["-c", $"exec {Engine.ServerLine} 0 >{path}"]);
        Deadline.WaitUntil(() => reader.Output.EndsWith('\n'), "the server listens", () => server.Transcript);
        int port = int.Parse(reader.Output.Split(':')[1], CultureInfo.InvariantCulture);

        // More than the pipe holds while its reader sleeps.
        reader.Signal("STOP");
        int sessions = 0;
        while (sessions < MoreThanAPipeHolds)
        {
            Load(port, SessionsOfALoad);
            sessions += SessionsOfALoad;
        }

        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Id).Count == 0, "all children are removed");
        reader.Signal("CONT");
        Deadline.WaitUntil(
            () =>
            {
                Visit(port);
                sessions++;
                return reader.Output.Contains("log flows again... ", StringComparison.Ordinal);
            },
            "the server tells how many lines it has dropped",
            () => server.Transcript);
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Id).Count == 0, "all children are removed");
        server.Signal(Engine.StopSignal());
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal(0, reader.WaitForExit());

        // If the line about the last session was dropped, the server may get the request to stop during that session.
        string[] lines =
        [
            .. reader.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(
                line => !line.StartsWith("stopping... ", StringComparison.Ordinal)),
        ];
        string[] told = [.. lines.Where(line => line.StartsWith("log flows again... ", StringComparison.Ordinal))];
        long dropped = told.Sum(line => long.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture));
        Assert.InRange(dropped, 1, long.MaxValue);
        Assert.Equal(LinesOfTheServer + (LinesOfASession * sessions), lines.Length - told.Length + dropped);
    }

    // Few enough for the deadline on a busy machine.
    protected static void Load(int port, int count)
    {
        using RunningProgram bench = new(Binary.Bench, ["connect", "127.0.0.1", $"{port}", "--count", $"{count}"]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
    }

    private static void Visit(int port)
    {
        using Socket client = Connect(port);
        client.AssertEchoes();
    }

    private static Socket Connect(int port)
    {
        Socket? socket = null;
        Deadline.WaitUntil(() => (socket = TryConnect(port)) is not null, $"somebody listens on {port}");
        return socket!;
    }

    private static Socket? TryConnect(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void AssertServes(string redirection, int connections)
    {
        int port = Loopback.FreePort();
        using RunningProgram shell = new("bash", ["-c", $"echo $$; {Engine.ServerLine} {port} {redirection}"]);
        try
        {
            for (int i = 0; i < connections; i++)
            {
                using Socket client = Connect(port);
                client.AssertEchoes();
                client.Shutdown(SocketShutdown.Send);
                Assert.True(client.IsAtEnd());
            }

            int server = FindServer(shell.Id, port);
            Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server).Count == 0, "all children are removed");
            RunningProgram.Send(server, Engine.StopSignal());
            Deadline.WaitUntil(() => ProcessTable.StateOf(server) is null or 'Z', "the server ends");
        }
        finally
        {
            KillTree(shell.Id);
        }
    }

    // The shell, if it has replaced itself by the server, or one of its children.
    private static int FindServer(int shell, int port) =>
        ProcessTable.ChildrenOf(shell).Prepend(shell).First(process => LastArgumentOf(process) == $"{port}");

    private static string LastArgumentOf(int processId) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline")).TrimEnd('\0').Split('\0')[^1];

    private static void KillTree(int processId)
    {
        foreach (int child in ProcessTable.ChildrenOf(processId))
        {
            KillTree(child);
        }

        try
        {
            using Process process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It has ended already.
        }
    }
}

public sealed class NativeLogTests() : LogContract(Engine.Native);

public sealed class ManagedLogTests() : LogContract(Engine.Managed)
{
    private const int Sessions = 2000; // more than 256 KiB of lines, of which a pipe takes 64 KiB
    private const int Piece = 4096; // bytes; a pipe with this much room takes the next lines, see pipe(7)

    [Fact]
    public void A_server_that_ends_waits_for_a_slow_reader_as_long_as_that_reads()
    {
        using ScratchFolder folder = new();
        string path = folder["log"];
        _ = ToolRun.Check("mkfifo", path);
        using FileStream own = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        using RunningProgram server = new(
            "bash", ["-c", $"exec {Engine.ServerLine} --port-file {folder["port"]} 0 >{path}"]);
        Deadline.WaitUntil(() => File.Exists(folder["port"]), "the port is written", () => server.Transcript);
        Load(int.Parse(File.ReadAllText(folder["port"]), CultureInfo.InvariantCulture), Sessions);
        using FileStream reader = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        own.Dispose();
        server.Signal(Engine.StopSignal());
        using MemoryStream log = new();
        byte[] bytes = new byte[Piece];
        int count;
        while ((count = reader.Read(bytes)) > 0)
        {
            log.Write(bytes, 0, count);
            Thread.Sleep(40); // the pieces together take longer than the second that the server waits for the next one
        }

        Assert.Equal(0, server.WaitForExit());
        string text = Encoding.ASCII.GetString(log.ToArray());
        Assert.Equal(2 + (3 * Sessions), text.Split('\n').Length - 1);
        Assert.StartsWith("summary... ", text.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }
}
