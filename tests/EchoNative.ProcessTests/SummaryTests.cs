using System;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>What the server tells at its end, and when SIGUSR1 asks.</summary>
public sealed class SummaryTests
{
    [Fact]
    public void SIGUSR1_asks_for_a_summary_as_often_as_it_comes()
    {
        using RunningServer server = new();
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 0 accepted, 0 active, 0 peak, 0 refused, 0 failed forks, 0 killed, 0 bytes, \d+\.\d{3} s$");
        using Socket first = server.Connect();
        using Socket second = server.Connect();
        server.WaitForConnected(2);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 2 accepted, 2 active, 2 peak, 0 refused, 0 failed forks, 0 killed, 0 bytes, ");
        first.SendText("hello");
        Assert.Equal("hello", first.ReceiveText(5));
        first.Close();
        server.WaitForRemoved(1);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 2 accepted, 1 active, 2 peak, 0 refused, 0 failed forks, 0 killed, 5 bytes, ");
        server.Program.Signal("USR1");
        Deadline.WaitUntil(
            () => server.Lines.Count(line => line.Contains(" 5 bytes, ", StringComparison.Ordinal) && line.StartsWith("summary", StringComparison.Ordinal)) == 2,
            "what was told once is told again",
            () => server.Program.Transcript);
    }

    [Fact]
    public void SIGUSR1_to_a_child_does_nothing_to_its_session()
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        for (int i = 0; i < 3; i++)
        {
            client.SendText("hello");
            Assert.Equal("hello", client.ReceiveText(5));
            RunningProgram.Send(child, "USR1");
        }

        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal($"removed proc id: {child}", Assert.Single(server.RemovedLines));
        Assert.Equal(0, server.Stop());
        Assert.Single(server.Lines, line => line.StartsWith("summary", StringComparison.Ordinal));
    }

    [Fact]
    public void SIGUSR1_is_answered_while_it_stops_and_at_the_limit()
    {
        using RunningServer server = new("--max-clients", "1");
        using Socket client = server.Connect();
        server.WaitForConnected(1);
        server.Program.Signal("USR1");
        _ = server.WaitForLine(@"^summary\.\.\. 1 accepted, 1 active");
        server.Program.Signal("TERM");
        _ = server.WaitForLine("^stopping");
        server.Program.Signal("USR1");
        Deadline.WaitUntil(
            () => server.Lines.Count(line => line.StartsWith("summary... 1 accepted, 1 active", StringComparison.Ordinal)) == 2,
            "it answers while it stops",
            () => server.Program.Transcript);
        client.SendText("hello");
        Assert.Equal("hello", client.ReceiveText(5));
        client.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.StartsWith("summary... 1 accepted, 0 active, 1 peak, 0 refused, 0 failed forks, 0 killed, 5 bytes, ", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_bytes_of_all_sessions_add_up()
    {
        const int Sessions = 50;
        using RunningServer server = new();
        byte[] bulk = new byte[1_000_000];
        using (Socket client = server.Connect())
        {
            Assert.Equal(bulk, client.Exchange(bulk));
        }

        for (int i = 0; i < Sessions; i++)
        {
            using Socket client = server.Connect();
            client.SendText("abc");
            Assert.Equal("abc", client.ReceiveText(3));
        }

        server.WaitForRemoved(Sessions + 1);
        Assert.Equal(0, server.Stop());
        Assert.Contains($"summary... {Sessions + 1} accepted, 0 active, ", server.Lines[^1], StringComparison.Ordinal);
        Assert.Contains($" {bulk.Length + (3 * Sessions)} bytes, ", server.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_has_no_summary_either()
    {
        using RunningServer loud = new();
        int port = loud.Port;
        Assert.Equal(0, loud.Stop());
        using RunningProgram server = new(Binary.Server, ["--quiet", $"{port}"]);
        Deadline.WaitUntil(() => ProcessTable.StatusOf(server.Id, "SigCgt").TrimStart('0').Length > 3, "the handlers are installed");
        server.Signal("USR1");
        server.Signal("TERM");
        Assert.Equal(0, server.WaitForExit());
        Assert.Empty(server.Output);
    }

    [Fact]
    public void With_timestamps_each_line_begins_with_the_time_of_its_writing()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using RunningServer server = new("env", [Binary.Server, "--timestamps", "--bind", "127.0.0.1"], @"listening on .*:(\d+)$");
        using (Socket client = server.Connect())
        {
            client.SendText("hello");
            Assert.Equal("hello", client.ReceiveText(5));
        }

        _ = server.WaitForLine(" removed proc id: ");
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
        using RunningServer server = new("env", [Binary.Server, "--log", "json", "--timestamps"], "\"address\":\".*:(\\d+)\"}$");
        using (Socket client = server.Connect())
        {
            client.SendText("hello");
            Assert.Equal("hello", client.ReceiveText(5));
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

    // The clock may be a little behind the one that this process reads: it is cut to milliseconds.
    private static void AssertBetween(DateTimeOffset before, string text)
    {
        DateTimeOffset time = DateTimeOffset.ParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
        Assert.InRange(time, before.AddMilliseconds(-1), DateTimeOffset.UtcNow);
    }
}
