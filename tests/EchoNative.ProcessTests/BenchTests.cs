using System;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

public sealed class BenchTests
{
    private static readonly string[] s_members =
    [
        "mode", "host", "port", "connections", "size", "seconds", "operations", "rate", "bytes", "bytes_per_second", "errors",
        "held", "p50_us", "p90_us", "p99_us", "p999_us", "max_us",
    ];

    [Theory]
    [InlineData("connect", 1, 5)]
    [InlineData("connect", 20, 5)]
    [InlineData("connect", 3, 200_000)]
    [InlineData("ping", 1, 30)]
    [InlineData("ping", 50, 1)]
    [InlineData("ping", 2, 3_000_000)]
    [InlineData("hold", 200, 30)]
    [InlineData("hold", 1, 30)]
    public void A_count_of_operations_is_made_exactly(string mode, int connections, int size)
    {
        const int Count = 150;
        using RunningServer server = new();
        JsonElement result = Run(
            server, mode, "--count", $"{Count}", "--connections", $"{connections}", "--size", $"{size}");
        Assert.Equal(mode, result.GetProperty("mode").GetString());
        Assert.Equal("127.0.0.1", result.GetProperty("host").GetString());
        Assert.Equal(server.Port, result.GetProperty("port").GetInt32());
        Assert.Equal(connections, result.GetProperty("connections").GetInt32());
        Assert.Equal(size, result.GetProperty("size").GetInt32());
        Assert.Equal(Count, result.GetProperty("operations").GetInt64());
        Assert.Equal((long)Count * size, result.GetProperty("bytes").GetInt64());
        Assert.Equal(mode == "hold" ? connections : 0, result.GetProperty("held").GetInt32());
        double[] latencies = [.. s_members[^5..].Select(name => result.GetProperty(name).GetDouble())];
        Assert.True(latencies[0] > 0);
        Assert.Equal(latencies.Order(), latencies);
    }

    [Theory]
    [InlineData(1, 65_536)]
    [InlineData(1, 1)]
    [InlineData(7, 1000)]
    public void A_count_of_bytes_is_streamed_exactly(int connections, int size)
    {
        int count = Math.Min(size * 1000, 20_000_003);
        using RunningServer server = new();
        JsonElement result = Run(
            server, "stream", "--count", $"{count}", "--connections", $"{connections}", "--size", $"{size}");
        Assert.Equal(count, result.GetProperty("bytes").GetInt64());
        Assert.Equal(count / size, result.GetProperty("operations").GetInt64());
        Assert.Equal(result.GetProperty("bytes_per_second").GetDouble(), result.GetProperty("rate").GetDouble());
        Assert.All(s_members[^5..], name => Assert.Equal(0, result.GetProperty(name).GetDouble()));
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("ping")]
    [InlineData("stream")]
    [InlineData("hold")]
    public void A_duration_ends_each_mode_in_order(string mode)
    {
        using RunningServer server = new();
        JsonElement result = Run(server, mode, "--duration", "2", "--warmup", "0.1", "--connections", "4");
        Assert.True(result.GetProperty("bytes").GetInt64() > 0);
        Assert.Equal(mode == "hold" ? 4 : 0, result.GetProperty("held").GetInt32());

        // Every session of the server has ended by an end of file: there is no reason behind a comma.
        Assert.Equal(0, server.Stop());
        string[] ends = [.. server.Lines.Where(line => line.StartsWith("client disconnected", StringComparison.Ordinal))];
        Assert.NotEmpty(ends);
        Assert.All(ends, line => Assert.Matches(@"\(pid \d+, \d+ bytes, \d+\.\d{3} s\)$", line));
    }

    [Fact]
    public void The_text_has_a_line_for_each_number()
    {
        using RunningServer server = new();
        using RunningProgram bench = new(Binary.Native, ["bench", "ping", "localhost", $"{server.Port}", "--count", "10"]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        Assert.Equal(
            ["rate", "p50", "p90", "p99", "p99.9", "max", "bytes", "errors"],
            bench.Output.Split('\n').SkipLast(1).Select(line => line.Split(' ')[0]));
        Assert.Empty(bench.Error);
    }

    [Fact]
    public void On_a_terminal_progress_is_shown_and_cleared()
    {
        using RunningServer server = new();
        using Terminal terminal = new($"{Binary.Bench} ping 127.0.0.1 {server.Port} --duration 1.5 --warmup 0");
        Assert.Equal(0, terminal.WaitForExit());
        Assert.Matches(@"(\r\e\[K[1-9]\d* s, [01] open, \d+ operations, \d+ bytes, 0 errors)+\r\e\[Krate ", terminal.Screen);
    }

    [Fact]
    public void Control_C_ends_it()
    {
        using RunningServer server = new();
        using RunningProgram bench = new(
            Binary.Bench, ["hold", "127.0.0.1", $"{server.Port}", "--connections", "2", "--duration", "1000"]);
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server.Program.Id).Count == 2, "both connections are held");
        bench.Signal("INT");
        Assert.Equal(128 + 2, bench.WaitForExit());
        Assert.Empty(bench.Output);
    }

    [Fact]
    public void Too_few_descriptors_are_reported_before_a_connection_is_opened()
    {
        using RunningProgram bench = new(
            "sh", ["-c", $"ulimit -n 64; exec {Binary.Bench} hold 127.0.0.1 9 --connections 100"]);
        Assert.Equal(1, bench.WaitForExit());
        Assert.Equal(
            "echo-bench: 100 connections need 116 descriptors, and no more than 64 are allowed (ulimit -Hn)\n", bench.Error);
    }

    [Fact]
    public void The_soft_limit_of_descriptors_is_raised()
    {
        using RunningServer server = new();
        using RunningProgram bench = new(
            "sh", ["-c", $"ulimit -Sn 64; exec {Binary.Bench} hold 127.0.0.1 {server.Port} --connections 100 --count 1 --json"]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        Assert.Contains("\"held\":100,", bench.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the mode, the host and the port are missing")]
    [InlineData("mode 'flood' is none of connect, ping, stream, hold", "flood", "127.0.0.1", "7")]
    [InlineData("size 'x' is not a number from 1 to 1073741824", "ping", "127.0.0.1", "7", "--size", "x")]
    public void Called_wrongly_it_says_what_is_wrong_and_how_it_is_called(string reason, params string[] arguments)
    {
        using RunningProgram bench = new(Binary.Bench, arguments);
        Assert.Equal(2, bench.WaitForExit());
        Assert.StartsWith($"echo-bench: {reason}\nUsage: echo-bench <mode> <host> <port>", bench.Error, StringComparison.Ordinal);
        Assert.Empty(bench.Output);
    }

    private static JsonElement Run(RunningServer server, string mode, params string[] options)
    {
        string port = server.Port.ToString(CultureInfo.InvariantCulture);
        using RunningProgram bench = new(Binary.Bench, ["--json", .. options, mode, "127.0.0.1", port]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        Assert.Empty(bench.Error);
        string line = Assert.Single(bench.Output.Split('\n').SkipLast(1));
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement result = document.RootElement.Clone();
        Assert.Equal(s_members, result.EnumerateObject().Select(member => member.Name));
        Assert.Equal(0, result.GetProperty("errors").GetInt64());
        return result;
    }
}
