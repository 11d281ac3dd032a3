using System;
using System.Collections.Generic;
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
    public void A_result_that_does_not_fit_into_its_file_is_an_error()
    {
        using RunningServer server = new();
        using ScratchFolder folder = new();
        using RunningProgram bench = new(
            "sh",
            [
                "-c", "exec prlimit --fsize=0:0 \"$1\" ping 127.0.0.1 \"$2\" --count 1 >\"$0\"",
                folder["result"], Binary.Bench, $"{server.Port}",
            ]);
        Assert.Equal(1, bench.WaitForExit());
        Assert.Equal("echo-bench: write() error: File too large (standard output)\n", bench.Error);
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

    [Theory]
    [MemberData(nameof(AllModes))]
    public void A_connection_to_itself_is_refused(string mode)
    {
        // The kernel has one port to choose for the near end, which is the one that is wanted at the far end. A name with two
        // addresses is tried before the load begins.
        const string Script = """
            echo 45001 45001 >/proc/sys/net/ipv4/ip_local_port_range
            printf '::1 two\n127.0.0.1 two\n' >hosts
            mount --bind hosts /etc/hosts
            for host in 127.0.0.1 ::1 two; do
                echo-bench "$1" "$host" 45001 --count 1 --connections 1 2>&1 >/dev/null || echo "$?"
            done
            """;
        Assert.Equal(
            """
            echo-bench: connect() error: Connection refused (127.0.0.1:45001)
            1
            echo-bench: connect() error: Connection refused ([::1]:45001)
            1
            echo-bench: connect() error: Connection refused ([::1]:45001); Connection refused (127.0.0.1:45001)
            1

            """,
            Sandbox.Check(Script, mode));
    }

    [Fact]
    public void A_first_address_that_does_not_answer_leaves_time_for_the_next()
    {
        using RunningServer server = new("--bind", "127.0.0.1");
        using SilentListener silent = new("::1", server.Port);
        using RunningProgram bench = WithTwoAddresses(server.Port, "--timeout", "4");
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        Assert.Matches(@"\nerrors +0\n$", bench.Output);
    }

    [Fact]
    public void Addresses_that_do_not_answer_are_given_up_after_the_timeout()
    {
        int port = Loopback.FreePort();
        using SilentListener first = new("::1", port);
        using SilentListener second = new("127.0.0.1", port);
        using RunningProgram bench = WithTwoAddresses(port, "--timeout", "0.3");
        Assert.Equal(1, bench.WaitForExit());
        Assert.Equal(
            $"echo-bench: connect() error: Connection timed out ([::1]:{port}); Connection timed out (127.0.0.1:{port})\n",
            bench.Error);
    }

    [Fact]
    public void A_stream_may_last_longer_than_the_timeout_while_bytes_come_back()
    {
        const int Pieces = 8;
        using ScriptedServer server = new(client =>
        {
            for (int piece = 0; piece < Pieces; piece++)
            {
                Thread.Sleep(TimeSpan.FromSeconds(0.4)); // 3.2 s in all
                client.SendAll(client.ReceiveExactly(Size / 4));
            }

            Assert.True(client.IsAtEnd());
        });
        using RunningProgram bench = new(
            Binary.Bench,
            [
                "stream", "127.0.0.1", $"{server.Port}", "--timeout", "1.5",
                "--size", $"{Size}", "--count", $"{Size / 4 * Pieces}",
            ]);
        Assert.True(bench.WaitForExit() == 0, bench.Transcript);
        Assert.Empty(bench.Error);
        Assert.Matches(@$"\nbytes +{Size / 4 * Pieces}\nerrors +0\n$", bench.Output);
    }

    // In the mode hold one connection at a time is sampled. The server ends it in place of the answer.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_held_connection_that_ends_while_it_is_sampled_is_one_error(int connections)
    {
        using TcpListener listening = Loopback.Listen();
        using RunningProgram bench = new(
            Binary.Bench,
            [
                "hold", "127.0.0.1", $"{Loopback.PortOf(listening)}", "--size", $"{Size}", "--count", "3",
                "--connections", $"{connections}", "--timeout", "1000", "--json",
            ]);
        Socket[] clients = new Socket[connections];
        for (int index = 0; index < connections; index++)
        {
            clients[index] = Loopback.Accept(listening);
            clients[index].SendAll(clients[index].ReceiveExactly(Size));
        }

        Socket sampled = Assert.Single(AwaitReadable(clients));
        _ = sampled.ReceiveExactly(Size);
        sampled.Dispose();
        foreach (Socket other in clients.Where(client => client != sampled))
        {
            // The two samples that are left, and the last message.
            for (int message = 0; message < 3; message++)
            {
                other.SendAll(other.ReceiveExactly(Size));
            }

            Assert.True(other.IsAtEnd());
            other.Dispose();
        }

        Assert.True(bench.WaitForExit() == 1, bench.Transcript);
        Assert.Matches("^echo-bench: .* closed the connection: 100 of 200 bytes came back\n$", bench.Error);
        using JsonDocument result = JsonDocument.Parse(bench.Output);
        Assert.Equal(1, result.RootElement.GetProperty("errors").GetInt64());
        Assert.Equal(connections - 1, result.RootElement.GetProperty("held").GetInt64());
    }

    private static List<Socket> AwaitReadable(Socket[] clients)
    {
        List<Socket> ready = [.. clients];
        Socket.Select(ready, null, null, Deadline.Long);
        return ready;
    }

    private static RunningProgram WithTwoAddresses(int port, params string[] options)
    {
        const string Script = """
            folder=$(mktemp -d) && printf '::1 two\n127.0.0.1 two\n' >"$folder/hosts" && mount --bind "$folder/hosts" /etc/hosts
            exec "$@"
            """;
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        return new RunningProgram(
            "unshare",
            [.. namespaces, "sh", "-c", Script, "sh", Binary.Bench, "ping", "two", $"{port}", "--count", "3", .. options]);
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
