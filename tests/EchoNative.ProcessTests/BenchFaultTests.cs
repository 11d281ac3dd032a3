using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>Servers with one fault each.</summary>
public sealed class BenchFaultTests
{
    private const int Size = 100;

    public static TheoryData<string> AllModes => ["connect", "ping", "stream", "hold"];

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_changed_byte_is_reported(string mode) =>
        AssertFault(mode, @"sent a wrong byte: 0x[0-9a-f]{2} in place of 0x[0-9a-f]{2} at offset 99$", client =>
        {
            byte[] bytes = client.ReceiveExactly(Size);
            bytes[^1] ^= 1;
            client.SendAll(bytes);
            _ = client.Receive(new byte[Size]);
        });

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_missing_last_byte_is_reported(string mode) =>
        AssertFault(
            mode,
            "closed the connection: 99 of 100 bytes came back$",
            client => client.SendAll(client.ReceiveExactly(Size).AsSpan(0, Size - 1)));

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_byte_that_does_not_come_is_reported_after_the_timeout(string mode)
    {
        // The server must not close earlier: that would be another fault with another message.
        using ManualResetEventSlim isTold = new();
        using ScriptedServer server = new(client =>
        {
            client.SendAll(client.ReceiveExactly(Size).AsSpan(0, Size - 1));
            isTold.Wait(Deadline.Long);
        });
        using RunningProgram bench = StartBench(server, mode, "--timeout", "2");
        _ = bench.WaitForExit();
        isTold.Set();
        AssertFailed(bench, "kept silent for 2000 ms: 99 of 100 bytes came back$");
    }

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_surplus_byte_is_reported(string mode) =>
        AssertFault(mode, "sent more than it was sent: 101 bytes for 100$", client =>
        {
            client.SendAll([.. client.ReceiveExactly(Size), 0]);
            _ = client.Receive(new byte[Size]);
        });

    [Theory]
    [InlineData("ping")]
    [InlineData("stream")]
    public void A_surplus_byte_after_the_half_close_is_reported(string mode) =>
        AssertFault(mode, "sent more than it was sent: 101 bytes for 100$", client =>
        {
            client.SendAll(client.ReceiveExactly(Size));
            Assert.True(client.IsAtEnd());
            client.SendAll([0]);
        });

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_reset_is_reported(string mode) =>
        AssertFault(
            mode,
            @"^echo-bench: (read|shutdown)\(\) error: Connection reset by peer \(127.0.0.1:\d+, 0 of 100 bytes came back\)$",
            client =>
        {
            _ = client.ReceiveExactly(Size);
            client.Reset();
        });

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_missing_server_is_reported(string mode)
    {
        // Bound and not listening: no other process can listen on this port.
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        using RunningProgram bench = new(
            Binary.Bench, [mode, "127.0.0.1", $"{port}", "--count", "1", "--connections", "1", "--json"]);
        AssertFailed(bench, @"^echo-bench: connect\(\) error: Connection refused \(127\.0\.0\.1:\d+\)$");
    }

    [Fact]
    public void Each_operation_that_fails_counts_as_one()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        using RunningProgram bench = new(
            Binary.Bench, ["connect", "127.0.0.1", $"{port}", "--count", "1000", "--connections", "7"]);
        Assert.Equal(1, bench.WaitForExit());
        Assert.EndsWith(" (the first of 1000 errors)\n", bench.Error, StringComparison.Ordinal);
        Assert.Matches(@"\nerrors +1000\n$", bench.Output);
    }

    private static void AssertFault(string mode, string pattern, Action<Socket> script)
    {
        using ScriptedServer server = new(script);
        using RunningProgram bench = StartBench(server, mode);
        AssertFailed(bench, pattern);
    }

    private static RunningProgram StartBench(ScriptedServer server, string mode, params string[] options)
    {
        string count = mode == "stream" ? $"{Size}" : "1";
        return new RunningProgram(
            Binary.Bench,
            [
                mode, "127.0.0.1", $"{server.Port}", "--json", "--size", $"{Size}", "--count", count, "--connections", "1",
                .. options,
            ]);
    }

    private static void AssertFailed(RunningProgram bench, string pattern)
    {
        Assert.True(bench.WaitForExit() == 1, bench.Transcript);
        Assert.Matches(pattern, Assert.Single(bench.Error.Split('\n').SkipLast(1)));
        using JsonDocument result = JsonDocument.Parse(bench.Output);
        Assert.Equal(1, result.RootElement.GetProperty("errors").GetInt64());
        Assert.Equal(0, result.RootElement.GetProperty("held").GetInt64());
    }
}
