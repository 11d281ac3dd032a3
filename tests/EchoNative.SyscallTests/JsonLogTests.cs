using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using EchoNative.Testing;
using Json.Schema;

namespace EchoNative.SyscallTests;

/// <summary>The log for programs, as docs/log-schema.json describes it. Some events need calls that fail.</summary>
public sealed class JsonLogTests
{
    private static readonly string s_schemaText = File.ReadAllText(Path.Combine(Binary.Root, "docs/log-schema.json"));
    private static readonly JsonSchema s_schema = JsonSchema.FromText(s_schemaText);

    // The validator checks "format" only if it is asked to.
    private static readonly EvaluationOptions s_strict =
        new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    [Fact]
    public void Every_event_of_a_real_run_is_as_the_schema_says_and_every_event_of_the_schema_is_there()
    {
        List<JsonElement> events = [.. RunWithLimitsAndErrors(), .. RunWithIdleClient(), .. RunWithFullLog()];
        Assert.All(events, AssertValid);
        Assert.Equal(EventsOfSchema().Order(), events.Select(NameOf).Distinct().Order());
        Assert.Equal(["end_of_file", "error", "idle"], Values(events, "disconnected", "cause").Distinct().Order());
        Assert.Equal(["accept", "fork"], Values(events, "error", "call").Order());
        Assert.Equal(["SIGKILL"], Values(events, "removed", "signal").Distinct());
        Assert.Equal(["refuse"], Values(events, "limit_reached", "busy").Distinct());
    }

    [Fact]
    public void The_summary_counts_what_the_other_events_report()
    {
        List<JsonElement> events = RunWithLimitsAndErrors();
        JsonElement summary = events.Last(one => NameOf(one) == "summary");
        Assert.Equal(Of(events, "connected").Count() + 2, summary.GetProperty("accepted").GetInt64());
        Assert.Equal(0, summary.GetProperty("active").GetInt64());
        Assert.Equal(3, summary.GetProperty("peak").GetInt64());
        Assert.Equal(1, summary.GetProperty("refused").GetInt64());
        Assert.Equal(1, summary.GetProperty("failed_forks").GetInt64());
        Assert.Equal(Values(events, "removed", "signal").Count(), summary.GetProperty("killed").GetInt64());
        Assert.Equal(
            Of(events, "disconnected").Sum(one => one.GetProperty("bytes").GetInt64()), summary.GetProperty("bytes").GetInt64());
    }

    [Theory]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"status":0}""", true)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"status":0,"signal":"SIGKILL"}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59Z","event":"removed","pid":7,"status":0}""", false)]
    [InlineData("""{"time":"2026-13-31T23:59:59.999Z","event":"removed","pid":7,"status":0}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"gone","pid":7,"status":0}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"status":0,"more":1}""", false)]
    [InlineData("""{"event":"removed","pid":7,"status":0}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","peer":"127.0.0.1:7","status":0}""", true)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","peer":"127.0.0.1:7","ended":true}""", true)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","peer":"127.0.0.1:7"}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","peer":"127.0.0.1:7","status":1,"ended":true}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"status":1,"ended":true}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","pid":7,"peer":"127.0.0.1:7","status":0}""", false)]
    [InlineData("""{"time":"2026-01-31T23:59:59.999Z","event":"removed","peer":"127.0.0.1:7","signal":"SIGKILL"}""", false)]
    public void The_schema_rejects_lines_that_are_wrong(string line, bool valid) =>
        Assert.Equal(valid, s_schema.Evaluate(JsonDocument.Parse(line).RootElement, s_strict).IsValid);

    private static List<JsonElement> RunWithLimitsAndErrors()
    {
        // The first accept fails, and the client is accepted by the next one. Then the first fork fails.
        using TracedServer server = new(
            ["-e", "trace=!clock_gettime", "-e", "inject=accept:error=EMFILE:when=1", "-e", "inject=clone:error=EAGAIN:when=1"],
            ["--log", "json", "--max-clients", "3", "--busy", "refuse", "--max-per-peer", "2", "--grace", "0"]);
        using (Socket unlucky = server.Connect())
        {
            Assert.Empty(Loopback.ReceiveAll(unlucky));
        }

        Socket first = server.Connect();
        first.AssertEchoes();
        using Socket second = server.Connect();
        second.AssertEchoes();
        using (Socket refused = server.Connect())
        {
            Assert.Empty(Loopback.ReceiveAll(refused));
        }

        using (Socket other = ConnectFrom("127.0.0.2", server.Port))
        {
            other.AssertEchoes();
            Deadline.WaitUntil(() => server.Output.Contains("\"limit_reached\"", default), "the limit is reached");
        }

        Deadline.WaitUntil(() => server.Output.Contains("\"limit_left\"", default), "there is room again");
        first.LingerState = new LingerOption(enable: true, seconds: 0);
        first.Dispose();
        Deadline.WaitUntil(() => server.Output.Contains("\"cause\":\"error\"", default), "the reset is told");
        server.WaitForRemoved(2);

        // SIGKILL instead of the SIGTERM after a grace of 0 s: then the count is certain.
        RunningProgram.Send(Assert.Single(ProcessTable.ChildrenOf(server.Id)), "STOP");
        Trace trace = server.Stop();
        Assert.Equal(["accept", "clone"], trace.Injected.Select(call => call.Name));
        return Parse(server.Output + server.Error);
    }

    private static List<JsonElement> RunWithIdleClient()
    {
        using TracedServer server = new([], ["--log", "json", "--idle-timeout", "1"]);
        using Socket client = server.Connect();
        Assert.Empty(Loopback.ReceiveAll(client));
        server.WaitForRemoved(1);
        _ = server.Stop();
        Assert.Empty(server.Error);
        return Parse(server.Output);
    }

    private static List<JsonElement> RunWithFullLog()
    {
        // The second line of the parent, and of a child its first echo, which is written again.
        using TracedServer server = new(["-e", "inject=write:error=EAGAIN:when=2"], ["--log", "json"]);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(2);
        _ = server.Stop();
        List<JsonElement> events = Parse(server.Output);
        Assert.Equal(1, Assert.Single(Of(events, "log_flows")).GetProperty("dropped").GetInt64());
        return events;
    }

    private static Socket ConnectFrom(string source, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds,
        };
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static void AssertValid(JsonElement line)
    {
        EvaluationResults results = s_schema.Evaluate(line, s_strict);
        Assert.True(results.IsValid, line.GetRawText());
    }

    private static List<JsonElement> Parse(string log) =>
        [.. log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string NameOf(JsonElement one) => one.GetProperty("event").GetString()!;

    private static IEnumerable<JsonElement> Of(List<JsonElement> events, string name) => events.Where(one => NameOf(one) == name);

    private static IEnumerable<string> Values(List<JsonElement> events, string name, string member) =>
        Of(events, name).Where(one => one.TryGetProperty(member, out _)).Select(one => one.GetProperty(member).GetString()!);

    private static IEnumerable<string> EventsOfSchema() =>
        JsonNode.Parse(s_schemaText)!["oneOf"]!.AsArray().Select(
            one => one!["properties"]!["event"]!["const"]!.GetValue<string>());
}
