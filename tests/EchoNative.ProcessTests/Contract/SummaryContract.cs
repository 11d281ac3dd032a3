using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The summary, at the end and on SIGUSR1.</summary>
public abstract class SummaryContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void Each_SIGUSR1_makes_the_server_write_a_summary()
    {
        using RunningServer server = Start();
        server.Program.Signal("USR1");
        _ = server.WaitForLine(
            @"^summary\.\.\. 0 accepted, 0 active, 0 peak, 0 refused, 0 failed forks, 0 killed, 0 bytes, \d+\.\d{3} s$");
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 2 accepted, 2 active, 2 peak, 0 refused, 0 failed forks, 0 killed, 0 bytes, ");
        first.AssertEchoes();
        first.Close();
        server.WaitForRemoved(1);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 2 accepted, 1 active, 2 peak, 0 refused, 0 failed forks, 0 killed, 5 bytes, ");
        server.Program.Signal("USR1");
        Deadline.WaitUntil(
            () => server.Lines.Count(line => line.StartsWith("summary", StringComparison.Ordinal)
                && line.Contains(" 5 bytes, ", StringComparison.Ordinal)) == 2,
            "what was told once is told again",
            () => server.Program.Transcript);
    }

    [Fact]
    public void SIGUSR1_makes_the_server_write_a_summary_while_it_stops_and_at_the_limit()
    {
        using RunningServer server = Start("--max-clients", "1");
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 1 accepted, 1 active");
        server.Program.Signal(Engine.StopSignal());
        _ = server.WaitForLine("^stopping");
        server.Program.Signal("USR1");
        Deadline.WaitUntil(
            () => server.Lines.Count(line => line.StartsWith("summary... 1 accepted, 1 active", StringComparison.Ordinal)) == 2,
            "it answers while it stops",
            () => server.Program.Transcript);
        client.AssertEchoes();
        client.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.StartsWith(
            "summary... 1 accepted, 0 active, 1 peak, 0 refused, 0 failed forks, 0 killed, 5 bytes, ",
            server.Lines[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_bytes_of_all_sessions_add_up()
    {
        const int Sessions = 50;
        using RunningServer server = Start();
        byte[] bulk = new byte[1_000_000];
        using (Socket client = server.Connect())
        {
            Assert.Equal(bulk, client.Exchange(bulk));
        }

        for (int i = 0; i < Sessions; i++)
        {
            using Socket client = server.Connect();
            client.AssertEchoes("abc");
        }

        server.WaitForRemoved(Sessions + 1);
        Assert.Equal(0, server.Stop());
        Assert.Contains($"summary... {Sessions + 1} accepted, 0 active, ", server.Lines[^1], StringComparison.Ordinal);
        Assert.Contains($" {bulk.Length + (3 * Sessions)} bytes, ", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void With_quiet_there_is_no_summary()
    {
        using ScratchFolder folder = new();
        string file = folder["port"];
        using RunningProgram server = RunServer("--quiet", "--port-file", file, "0");
        Deadline.WaitUntil(() => File.Exists(file) || server.HasExited, "the quiet server listens", () => server.Transcript);
        server.Signal("USR1");
        server.Signal(Engine.StopSignal());
        Assert.Equal(0, server.WaitForExit());
        Assert.Empty(server.Output);
    }

    [Fact]
    public void With_timestamps_each_line_begins_with_the_time_of_its_writing()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using RunningServer server = new(
            Engine, "env", [.. Engine.ServerCommand, "--timestamps", "--bind", "127.0.0.1"], @"listening on .*:(\d+)$");
        using (Socket client = server.Connect())
        {
            client.AssertEchoes();
        }

        _ = server.WaitForLine($" {Engine.RemovedWords}");
        Assert.Equal(0, server.Stop());
        Assert.Equal(
            ["listening", "new", "client", "removed", "summary..."],
            server.Lines.Select(line => line.Split(' ')[1]));
        Assert.All(server.Lines, line => AssertBetween(before, line.Split(' ')[0]));
    }

    [Fact]
    public void JSON_has_the_time_and_one_object_a_line()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using RunningServer server = new(
            Engine, "env", [.. Engine.ServerCommand, "--log", "json", "--timestamps"], "\"address\":\".*:(\\d+)\"}$");
        using (Socket client = server.Connect())
        {
            client.AssertEchoes();
        }

        _ = server.WaitForLine("\"removed\"");
        Assert.Equal(0, server.Stop());
        JsonElement[] events = [.. server.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            ["listening", "connected", "disconnected", "removed", "summary"],
            events.Select(one => one.GetProperty("event").GetString()));
        Assert.All(events, one => AssertBetween(before, one.GetProperty("time").GetString()!));
        Assert.Equal(5, events[2].GetProperty("bytes").GetInt64());
        Assert.Equal(5, events[4].GetProperty("bytes").GetInt64());
    }

    // The time in the log may be a little earlier than the test's clock: it is rounded down to milliseconds.
    private static void AssertBetween(DateTimeOffset before, string text)
    {
        DateTimeOffset time = DateTimeOffset.ParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal);
        Assert.InRange(time, before.AddMilliseconds(-1), DateTimeOffset.UtcNow);
    }
}

public sealed class NativeSummaryTests() : SummaryContract(Engine.Native);

public sealed class ManagedSummaryTests() : SummaryContract(Engine.Managed);
