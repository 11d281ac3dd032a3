using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>Health checks that connect, send nothing and leave: --ignore-probes.</summary>
public abstract class ProbeContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void A_session_that_ends_without_a_byte_is_counted_and_not_logged()
    {
        using RunningServer server = Start("--ignore-probes");
        for (int i = 0; i < 3; i++)
        {
            server.Connect().Close();
            server.Connect().Reset();
        }

        using (Socket halfClosed = server.Connect())
        {
            halfClosed.Shutdown(SocketShutdown.Send);
            Assert.True(halfClosed.IsAtEnd());
        }

        server.AssertServes();
        server.WaitForRemoved(1);
        WaitForSummary(server, "8 accepted, 0 active", "7 probes");
        Assert.Equal(
            ["listening", "new client connected", "client disconnected", Engine.RemovedWords.TrimEnd(' ', ':')],
            server.Lines.Where(line => !line.StartsWith("summary", default)).Select(WordsOf));
        Assert.Equal(0, server.Stop());
        Assert.Matches(@" 0 killed, 7 probes, 5 bytes, \d+\.\d+ s$", server.Lines[^1]);
    }

    [Fact]
    public void The_line_about_a_new_client_comes_with_its_first_byte()
    {
        using RunningServer server = Start("--ignore-probes");
        using Socket client = server.Connect();
        server.AssertServes();
        server.WaitForRemoved(1);
        Assert.DoesNotContain(server.Lines, line => line.Contains($"{client.LocalEndPoint}", default));
        client.AssertEchoes();
        Assert.Contains($"connected... {client.LocalEndPoint} (", server.WaitForLine(@"[ (]1 active\)$"), default);
        client.Reset();
        _ = server.WaitForLine(": Connection reset by peer$");
        server.WaitForRemoved(2);
    }

    [Fact]
    public void A_session_that_is_idle_without_a_byte_is_no_probe()
    {
        using RunningServer server = Start("--ignore-probes", "--idle-timeout", "1");
        using Socket client = server.Connect();
        Assert.True(client.IsAtEnd());
        server.WaitForRemoved(1);
        Assert.Equal(
            ["listening", "new client connected", "client disconnected", Engine.RemovedWords.TrimEnd(' ', ':')],
            server.Lines.Select(WordsOf));
        Assert.EndsWith(": idle for 1 s", server.Lines[2], default);
        Assert.EndsWith(" (exit status 1)", server.Lines[3], default);
        WaitForSummary(server, "1 accepted, 0 active", "0 probes");
    }

    [Fact]
    public void A_silent_session_that_the_server_ends_is_no_probe()
    {
        using RunningServer server = Start("--ignore-probes", "--grace", "0");
        using Socket client = server.Connect();
        WaitForSummary(server, "1 accepted, 1 active", "0 probes");
        Assert.Equal(0, server.Stop());
        Assert.EndsWith(Engine.EndedBy("TERM"), server.RemovedLines[0], default);
        Assert.Contains(" 1 killed, 0 probes, 0 bytes, ", server.Lines[^1], default);
    }

    [Fact]
    public void Behind_a_load_balancer_a_header_alone_is_a_probe_and_a_part_of_one_is_not()
    {
        using RunningServer server = Start("--ignore-probes", "--proxy-protocol");
        string[] probes =
        [
            "", "PROXY UNKNOWN\r\n", "PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\n", "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0",
        ];
        foreach (string sent in probes)
        {
            using Socket probe = server.Connect();
            probe.SendText(sent);
            probe.Shutdown(SocketShutdown.Send);
            Assert.True(probe.IsAtEnd());
        }

        server.Connect().Reset();
        WaitForSummary(server, "5 accepted, 0 active", "5 probes");
        Assert.Empty(server.RemovedLines);
        using (Socket client = server.Connect())
        {
            client.SendText("PROXY UNK");
            client.Shutdown(SocketShutdown.Send);
            Assert.True(client.IsAtEnd());
        }

        Assert.EndsWith(": incomplete PROXY header", server.WaitForLine("^client disconnected"), default);
        server.WaitForRemoved(1);
        using (Socket client = server.Connect())
        {
            client.SendText("PROXY TCP4 203.0.113.7 192.0.2.1 1 2\r\nhello");
            Assert.Equal("hello", client.ReceiveText(5));
        }

        _ = server.WaitForLine(@"^client disconnected\.\.\. 203\.0\.113\.7:1 \(.*5 bytes");
    }

    [Fact]
    public void A_banner_makes_no_client_of_a_probe()
    {
        using RunningServer server = Start("--ignore-probes", "--banner");
        using (Socket probe = server.Connect())
        {
            Assert.False(probe.IsAtEnd()); // the first byte of the banner
        }

        using (Socket probe = server.Connect())
        {
            probe.Shutdown(SocketShutdown.Send);
            Assert.EndsWith("\n", Loopback.ReceiveAll(probe), default);
        }

        WaitForSummary(server, "2 accepted, 0 active", "2 probes");
        Assert.Empty(server.RemovedLines);
    }

    [Fact]
    public void The_places_of_probes_become_free()
    {
        using RunningServer server = Start("--ignore-probes", "--max-clients", "2", "--max-per-peer", "2");
        for (int i = 0; i < 20; i++)
        {
            using Socket probe = server.Connect();
            probe.Shutdown(SocketShutdown.Send);
            Assert.True(probe.IsAtEnd());
            Deadline.WaitUntil(
                () => !Engine.Forks || ProcessTable.ChildrenOf(server.Program.Id).Count == 0, "the child is removed");
        }

        WaitForSummary(server, "20 accepted, 0 active", "20 probes");
        server.AssertServes();
    }

    [Fact]
    public void In_JSON_the_summary_has_the_probes_only_with_the_option()
    {
        foreach (string[] options in new[] { new[] { "--ignore-probes" }, [] })
        {
            using RunningServer server = new(
                Engine, "env", [.. Engine.ServerCommand, "--log", "json", .. options], "\"address\":\".*:(\\d+)\"}$");
            server.Connect().Close();
            server.AssertServes();
            Deadline.WaitUntil(() => CountRemoved(server) == 2 - options.Length, "the clients are removed");
            Assert.Equal(0, server.Stop());
            JsonElement summary = JsonDocument.Parse(server.Lines[^1]).RootElement;
            Assert.Equal(2, summary.GetProperty("accepted").GetInt64());
            Assert.Equal(options.Length == 1, summary.TryGetProperty("probes", out JsonElement probes));
            Assert.True(options.Length == 0 || probes.GetInt64() == 1);
        }
    }

    private static int CountRemoved(RunningServer server) =>
        server.Lines.Count(line => line.Contains("\"removed\"", default));

    private static string WordsOf(string line) =>
        line.StartsWith("listening", default) ? "listening" : line.Split("...", 2)[0].Split(": ", 2)[0];

    // Asks until the summary says so: a client may have left before the server knows it.
    private static void WaitForSummary(RunningServer server, string sessions, string probes) =>
        Deadline.WaitUntil(
            () =>
            {
                server.Program.Signal("USR1");
                return server.Lines.Any(line => line.StartsWith($"summary... {sessions}, ", default)
                    && line.Contains($" killed, {probes}, ", default));
            },
            $"the summary says {sessions} and {probes}",
            () => server.Program.Transcript);
}

public sealed class NativeProbeTests() : ProbeContract(Engine.Native);

public sealed class ManagedProbeTests() : ProbeContract(Engine.Managed);
