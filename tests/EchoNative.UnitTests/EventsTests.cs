using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EchoNative.Log;
using EchoNative.Testing;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

/// <summary>Every event of the log: its words, its JSON, and its entry in the schema.</summary>
public sealed class EventsTests
{
    private const long Time = 1_769_903_999_999; // 2026-01-31T23:59:59.999Z
    private const string TimeText = "2026-01-31T23:59:59.999Z";

    private static readonly JsonNode s_schema =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Binary.Root, "docs/log-schema.json")))!;

    [Fact]
    public void Every_event_says_itself_in_words_and_as_JSON_and_stands_in_the_schema()
    {
        HashSet<Type> tested = [];
        Check(tested, new Listening("[::1]:9190"u8), "listening on [::1]:9190", """
            "event":"listening","address":"[::1]:9190"
            """);
        Check(tested, new Connected("1.2.3.4:5"u8, 7, 3), "new client connected... 1.2.3.4:5 (pid 7, 3 active)", """
            "event":"connected","peer":"1.2.3.4:5","pid":7,"active":3
            """);
        Check(tested, new Connected("1.2.3.4:5"u8, 0, 3), "new client connected... 1.2.3.4:5 (3 active)", """
            "event":"connected","peer":"1.2.3.4:5","active":3
            """);
        CheckDisconnected(tested);
        CheckRemoved(tested);
        Check(tested, new LimitReached(3, refuses: false, 1), "limit reached... 3 active, further clients wait", """
            "event":"limit_reached","active":3,"busy":"wait","times":1
            """);
        Check(
            tested,
            new LimitReached(3, refuses: true, 2),
            "limit reached... 3 active, further clients are refused (2 times since the last such line)",
            """
            "event":"limit_reached","active":3,"busy":"refuse","times":2
            """);
        Check(tested, new LimitLeft(2, 9), "limit left... 2 active, 9 refused", """
            "event":"limit_left","active":2,"refused":9
            """);
        Check(tested, new PeerRefused("1.2.3.4:5"u8, 2), "client refused... 1.2.3.4:5 (2 active from this address)", """
            "event":"refused","peer":"1.2.3.4:5","active_from_address":2
            """);
        CheckErrors(tested);
        Check(
            tested,
            new NotConfined("Function not implemented"u8),
            "echo-server: seccomp() error: Function not implemented (serving without a filter of system calls)",
            """
            "event":"error","call":"seccomp","error":"Function not implemented"
            """);
        Check(tested, new LogResumed(12), "log flows again... 12 dropped", """
            "event":"log_flows","dropped":12
            """);
        Check(tested, new Stopping(2, 10), "stopping... 2 active, 10 s to finish", """
            "event":"stopping","active":2,"grace_seconds":10
            """);
        CheckSummary(tested);

        IEnumerable<Type> all = typeof(ILogEvent).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.IsAssignableTo(typeof(ILogEvent)));
        Assert.Equal(all.Select(type => type.Name).Order(), tested.Select(type => type.Name).Order());
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public void The_clock_is_read_only_where_a_line_shows_the_time(bool isJson, bool isStamped, bool isRead)
    {
        LogRecorder recorder = new(new LineFormat(isJson, isStamped), isQuiet: false);
        recorder.Log.WriteEvent(new LogResumed(1));
        Assert.Equal(isRead ? 1 : 0, recorder.ClockReads);
        Assert.Equal(isRead, Assert.Single(recorder.Lines).Contains(TimeText, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_quiet_log_has_errors_and_no_events(bool isQuiet)
    {
        LogRecorder recorder = new(new LineFormat(isJson: false, isStamped: false), isQuiet);
        recorder.Log.WriteEvent(new LogResumed(1));
        recorder.Log.WriteError(new AcceptFailed("accept"u8, default, 1));
        string error = "error: echo-server: accept() error (clients wait until there is room)\n";
        Assert.Equal(isQuiet ? [error] : ["output: log flows again... 1 dropped\n", error], recorder.Lines);
    }

    [Theory]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void A_line_that_the_sink_drops_is_reported_to_the_caller(bool isQuiet, bool drops, bool expected)
    {
        LogRecorder recorder = new(new LineFormat(isJson: false, isStamped: false), isQuiet) { Drops = drops };
        Assert.Equal(expected, recorder.Log.TryWriteEvent(new LogResumed(1)));
    }

    [Fact]
    public void The_longest_events_fit()
    {
        Disconnected longest = new()
        {
            Peer = Encoding.ASCII.GetBytes(new string('p', 80)),
            ProcessId = int.MaxValue,
            Bytes = long.MaxValue,
            Milliseconds = long.MaxValue,
            IdleSeconds = 0,
            Error = Encoding.ASCII.GetBytes(new string('e', 60)),
        };
        foreach ((bool isJson, bool isStamped) in new[] { (false, false), (false, true), (true, false) })
        {
            string line = Write(new LineFormat(isJson, isStamped), longest);
            Assert.Contains(new string('p', 80), line, StringComparison.Ordinal);
            Assert.EndsWith(isJson ? "eee\"}\n" : "eee\n", line, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 500)]
    public void Any_text_comes_out_of_JSON_as_it_went_in(string? text)
    {
        string wanted = (text ?? "").Length > 60 ? text![..60] : text ?? "";
        byte[] bytes = Encoding.UTF8.GetBytes(wanted);
        using JsonDocument document = JsonDocument.Parse(Json(new Connected(bytes, 7, 1)));
        Assert.Equal(Encoding.UTF8.GetString(bytes), document.RootElement.GetProperty("peer").GetString());
    }

    [Property(MaxTest = 500)]
    public void Any_bytes_give_one_line_of_JSON(byte[]? bytes)
    {
        byte[] given = bytes ?? [];
        string line = Json(new Connected(given, 7, 1));
        using JsonDocument document = JsonDocument.Parse(line);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        if (given.Length < 60)
        {
            Assert.Equal(Encoding.UTF8.GetString(given), document.RootElement.GetProperty("peer").GetString());
        }
    }

    [Theory]
    [InlineData('e')]
    [InlineData('\u0001')]
    [InlineData('"')]
    [InlineData('\u20ac')]
    public void A_text_that_is_too_long_is_cut_and_the_line_is_JSON_still(char letter)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(new string(letter, 10_000));
        using JsonDocument document = JsonDocument.Parse(Json(new ForkFailed(bytes, bytes, 1)));
        string peer = document.RootElement.GetProperty("peer").GetString()!;
        Assert.StartsWith(new string(letter, 20), peer, StringComparison.Ordinal);
    }

    private static void CheckErrors(HashSet<Type> tested)
    {
        Check(
            tested,
            new AcceptFailed("accept"u8, "Too many open files"u8, 1),
            "echo-server: accept() error: Too many open files (clients wait until there is room)",
            """
            "event":"error","call":"accept","error":"Too many open files","times":1
            """);
        Check(
            tested,
            new AcceptFailed("ppoll"u8, "Cannot allocate memory"u8, 9),
            "echo-server: ppoll() error: Cannot allocate memory (clients wait until there is room)"
                + " (9 times since the last such line)",
            """
            "event":"error","call":"ppoll","error":"Cannot allocate memory","times":9
            """);
        Check(
            tested,
            new ListeningEnded("[::1]:80"u8, "Invalid argument"u8),
            "echo-server: accept() error: Invalid argument ([::1]:80 takes no more clients)",
            """
            "event":"error","call":"accept","error":"Invalid argument","address":"[::1]:80"
            """);
        Check(
            tested,
            new ForkFailed("1.2.3.4:5"u8, "Cannot allocate memory"u8, 3),
            "echo-server: fork() error: Cannot allocate memory (1.2.3.4:5 was disconnected)"
                + " (3 times since the last such line)",
            """
            "event":"error","call":"fork","peer":"1.2.3.4:5","error":"Cannot allocate memory","times":3
            """);
        Check(
            tested,
            new ChildLeft(7),
            "echo-server: kill() error: the process has not ended (proc id 7 is left)",
            """
            "event":"error","call":"kill","error":"the process has not ended","pid":7
            """);
    }

    private static void CheckDisconnected(HashSet<Type> tested)
    {
        Check(tested, Ended(7, 0, ""), "client disconnected... 1.2.3.4:5 (pid 7, 12 bytes, 3.108 s)", """
            "event":"disconnected","peer":"1.2.3.4:5","pid":7,"bytes":12,"seconds":3.108,"cause":"end_of_file"
            """);

        // A socket's idle timeout is also an error of the system: the timeout goes before it.
        Check(
            tested,
            Ended(7, 60, "Resource temporarily unavailable"),
            "client disconnected... 1.2.3.4:5 (pid 7, 12 bytes, 3.108 s): idle for 60 s",
            """
            "event":"disconnected","peer":"1.2.3.4:5","pid":7,"bytes":12,"seconds":3.108,"cause":"idle","idle_seconds":60
            """);
        Check(
            tested,
            Ended(0, 0, "Broken pipe"),
            "client disconnected... 1.2.3.4:5 (12 bytes, 3.108 s): Broken pipe",
            """
            "event":"disconnected","peer":"1.2.3.4:5","bytes":12,"seconds":3.108,"cause":"error","error":"Broken pipe"
            """);
    }

    private static void CheckRemoved(HashSet<Type> tested)
    {
        Check(tested, new ChildRemoved(7, 0), "removed proc id: 7", """
            "event":"removed","pid":7,"status":0
            """);
        Check(tested, new ChildRemoved(7, 1), "removed proc id: 7 (exit status 1)", """
            "event":"removed","pid":7,"status":1
            """);
        Check(tested, new KilledChildRemoved(7, 9, "KILL"u8), "removed proc id: 7 (killed by SIGKILL)", """
            "event":"removed","pid":7,"signal":"SIGKILL"
            """);
        Check(tested, new KilledChildRemoved(7, 34, default), "removed proc id: 7 (killed by signal 34)", """
            "event":"removed","pid":7,"signal":"signal 34"
            """);
        Check(tested, new ClientRemoved("1.2.3.4:5"u8, 0, wasEnded: false), "removed client: 1.2.3.4:5", """
            "event":"removed","peer":"1.2.3.4:5","status":0
            """);
        Check(tested, new ClientRemoved("1.2.3.4:5"u8, 1, wasEnded: false), "removed client: 1.2.3.4:5 (exit status 1)", """
            "event":"removed","peer":"1.2.3.4:5","status":1
            """);
        Check(tested, new ClientRemoved("1.2.3.4:5"u8, 0, wasEnded: true), "removed client: 1.2.3.4:5 (ended)", """
            "event":"removed","peer":"1.2.3.4:5","ended":true
            """);
    }

    private static void CheckSummary(HashSet<Type> tested)
    {
        Totals totals = new()
        {
            Accepted = 8,
            Active = 2,
            Peak = 5,
            Refused = 1,
            FailedForks = 3,
            Killed = 4,
            Probes = null,
            Bytes = 1234,
            UptimeMilliseconds = 61_050,
        };
        Check(
            tested,
            totals,
            "summary... 8 accepted, 2 active, 5 peak, 1 refused, 3 failed forks, 4 killed, 1234 bytes, 61.050 s",
            "\"event\":\"summary\",\"accepted\":8,\"active\":2,\"peak\":5,\"refused\":1,\"failed_forks\":3,\"killed\":4,"
                + "\"bytes\":1234,\"uptime_seconds\":61.050");
        Check(
            tested,
            totals with { Probes = 12 },
            "summary... 8 accepted, 2 active, 5 peak, 1 refused, 3 failed forks, 4 killed, 12 probes, 1234 bytes, 61.050 s",
            "\"event\":\"summary\",\"accepted\":8,\"active\":2,\"peak\":5,\"refused\":1,\"failed_forks\":3,\"killed\":4,"
                + "\"probes\":12,\"bytes\":1234,\"uptime_seconds\":61.050");
    }

    private static Disconnected Ended(int processId, int idleSeconds, string error) => new()
    {
        Peer = "1.2.3.4:5"u8,
        ProcessId = processId,
        Bytes = 12,
        Milliseconds = 3108,
        IdleSeconds = idleSeconds,
        Error = Encoding.ASCII.GetBytes(error),
    };

    private static void Check<TEvent>(HashSet<Type> tested, TEvent logEvent, string words, string members)
        where TEvent : struct, ILogEvent, allows ref struct
    {
        _ = tested.Add(typeof(TEvent));
        Assert.Equal(words + "\n", Write(new LineFormat(isJson: false, isStamped: false), logEvent));
        Assert.Equal($"{TimeText} {words}\n", Write(new LineFormat(isJson: false, isStamped: true), logEvent));
        string json = Json(logEvent);
        Assert.Equal($$"""{"time":"{{TimeText}}",{{members}}}""" + "\n", json);
        AssertInSchema(json);
    }

    // The tests of real runs check the values; here it is enough that no event and no member is missing.
    private static void AssertInSchema(string json)
    {
        JsonObject line = JsonNode.Parse(json)!.AsObject();
        string name = line["event"]!.GetValue<string>();
        JsonNode? entry = s_schema["oneOf"]!.AsArray()
            .SingleOrDefault(one => one!["properties"]!["event"]!["const"]!.GetValue<string>() == name);
        Assert.True(entry is not null, $"docs/log-schema.json has no event '{name}'");
        string[] members = [.. line.Select(member => member.Key)];
        Assert.Empty(members.Except(entry["properties"]!.AsObject().Select(member => member.Key)));
        Assert.Empty(entry["required"]!.AsArray().Select(key => key!.GetValue<string>()).Except(members));
    }

    private static string Json<TEvent>(scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct =>
        Write(new LineFormat(isJson: true, isStamped: false), logEvent);

    private static string Write<TEvent>(LineFormat format, scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct =>
        Encoding.UTF8.GetString(format.Write(new byte[format.MaxLength], Time, logEvent));

    /// <summary>A log whose lines can be looked at.</summary>
    private sealed class LogRecorder
    {
        public LogRecorder(LineFormat format, bool isQuiet) => Log = new(new Sink(this), format, isQuiet);

        public EventLog<Sink> Log { get; }

        public List<string> Lines { get; } = [];

        public int ClockReads { get; private set; }

        public bool Drops { get; init; }

        private bool TryAdd(string stream, ReadOnlySpan<byte> line)
        {
            Lines.Add($"{stream}: {Encoding.UTF8.GetString(line)}");
            return !Drops;
        }

        public readonly struct Sink(LogRecorder recorder) : ILogSink
        {
            public long UnixMilliseconds
            {
                get
                {
                    recorder.ClockReads++;
                    return Time;
                }
            }

            public bool TryWriteOutput(ReadOnlySpan<byte> line) => recorder.TryAdd("output", line);

            public bool TryWriteError(ReadOnlySpan<byte> line) => recorder.TryAdd("error", line);
        }
    }
}
