using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using EchoNative.Testing;
using Json.Schema;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The log for programs, as docs/log-schema.json describes it.</summary>
public abstract class JsonLogContract(Engine engine) : ServerContract(engine)
{
    private static readonly JsonSchema s_schema =
        JsonSchema.FromText(File.ReadAllText(Path.Combine(Binary.Root, "docs/log-schema.json")));

    // The validator checks "format" only if it is asked to.
    private static readonly EvaluationOptions s_strict =
        new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    [Fact]
    public void Every_event_is_as_the_schema_says_and_has_a_process_id_where_there_is_a_process()
    {
        List<JsonElement> events = [.. RunWithLimits(), .. RunWithIdleClient(), .. RunWithoutDescriptors()];
        Assert.All(events, one => Assert.True(s_schema.Evaluate(one, s_strict).IsValid, one.GetRawText()));
        Assert.Equal(
            [
                "connected", "disconnected", "error", "limit_left", "limit_reached", "listening", "refused", "removed",
                "stopping", "summary",
            ],
            events.Select(NameOf).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["end_of_file", "error", "idle"], CausesOf(events).Distinct().Order(StringComparer.Ordinal));
        foreach (JsonElement one in events.Where(one => NameOf(one) is "connected" or "disconnected" or "removed"))
        {
            Assert.Equal(Engine.Forks, one.TryGetProperty("pid", out _));
            Assert.Equal(!Engine.Forks || NameOf(one) != "removed", one.TryGetProperty("peer", out _));
        }
    }

    [Fact]
    public void The_summary_counts_what_the_other_events_report()
    {
        List<JsonElement> events = RunWithLimits();
        JsonElement summary = events.Last(one => NameOf(one) == "summary");
        Assert.Equal(4, summary.GetProperty("accepted").GetInt64());
        Assert.Equal(3, events.Count(one => NameOf(one) == "connected"));
        Assert.Equal(1, summary.GetProperty("refused").GetInt64());
        Assert.Equal(0, summary.GetProperty("active").GetInt64());
        Assert.Equal(2, summary.GetProperty("peak").GetInt64());
        Assert.Equal(0, summary.GetProperty("failed_forks").GetInt64());
        Assert.Equal(1, summary.GetProperty("killed").GetInt64());

        // Without the bytes of the session that was killed.
        Assert.Equal(10, summary.GetProperty("bytes").GetInt64());
    }

    // Two sessions, a third client that is refused, a reset, an end by the client, and a session that is still open when
    // the grace is over.
    private List<JsonElement> RunWithLimits()
    {
        using RunningServer server = StartJson("--max-clients", "2", "--busy", "refuse", "--grace", "0");
        using Socket first = server.Connect();
        first.AssertEchoes();
        using (Socket second = server.Connect())
        {
            second.AssertEchoes();
            _ = server.WaitForLine("\"limit_reached\"");
            using Socket refused = server.Connect();
            Assert.True(refused.IsAtEnd());
            second.Reset();
            _ = server.WaitForLine("\"limit_left\"");
        }

        using Socket third = server.Connect();
        third.AssertEchoes();
        first.Close();
        _ = server.WaitForLine("\"end_of_file\"");
        Deadline.WaitUntil(
            () => server.Lines.Count(line => line.Contains("\"removed\"", StringComparison.Ordinal)) == 2, "two are removed");
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
        return Parse(server);
    }

    private List<JsonElement> RunWithoutDescriptors()
    {
        const int Clients = 20;
        using RunningServer server = StartJson("--grace", "0");
        int room = Engine.Forks ? 0 : Clients - 1; // a task's client takes one for as long as it is there
        string limit = server.Program.Limit("nofile", $"{ProcessTable.DescriptorLimitOf(server.Program.Id, room)}");
        List<Socket> clients = [.. Enumerable.Range(0, Clients).Select(_ => server.Connect())];
        Deadline.WaitUntil(
            () => server.Program.Error.EndsWith('\n'), "it says that there is no room", () => server.Program.Transcript);
        _ = server.Program.Limit("nofile", limit);
        clients.ForEach(client => client.AssertEchoes());
        clients.ForEach(client => client.Dispose());
        Assert.Equal(0, server.Stop());
        Assert.Single(server.Program.Error, letter => letter == '\n');
        return Parse(server);
    }

    private List<JsonElement> RunWithIdleClient()
    {
        using RunningServer server = StartJson("--idle-timeout", "3", "--max-per-peer", "1");
        using Socket client = server.Connect();
        using Socket refused = server.Connect();
        Assert.True(refused.IsAtEnd());
        Assert.True(client.IsAtEnd());
        _ = server.WaitForLine("\"removed\"");
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
        return Parse(server);
    }

    private RunningServer StartJson(params IEnumerable<string> options) =>
        new(
            Engine,
            Engine.ServerCommand[0],
            [.. Engine.ServerCommand.Skip(1), "--log", "json", .. options],
            "\"address\":\".*:(\\d+)\"}$");

    private static List<JsonElement> Parse(RunningServer server) =>
        [.. $"{server.Program.Output}{server.Program.Error}".Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];

    private static string NameOf(JsonElement one) => one.GetProperty("event").GetString()!;

    private static IEnumerable<string> CausesOf(List<JsonElement> events) =>
        events.Where(one => NameOf(one) == "disconnected").Select(one => one.GetProperty("cause").GetString()!);
}

public sealed class NativeJsonLogTests() : JsonLogContract(Engine.Native);

public sealed class ManagedJsonLogTests() : JsonLogContract(Engine.Managed);
