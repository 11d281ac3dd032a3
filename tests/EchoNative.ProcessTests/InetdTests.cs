using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>The server with --inetd under each super-server: one process for one connection.</summary>
public sealed class InetdTests : IDisposable
{
    private const int Bulk = 3_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly int _port = Loopback.FreePort();

    public static TheoryData<string> SuperServers => ["inetd", "xinetd", "tcpserver", "systemd-socket-activate"];

    [Theory]
    [MemberData(nameof(SuperServers))]
    public void Under_each_super_server_clients_are_served_and_receive_the_end_of_file(string name)
    {
        using RunningProgram superServer = Start(name);
        for (int i = 0; i < 3; i++)
        {
            using Socket client = Connect(superServer);
            client.AssertEchoes();
            byte[] bytes = [.. Enumerable.Range(0, Bulk).Select(number => (byte)(number * 31))];
            Assert.Equal(bytes, client.Exchange(bytes));
            client.Shutdown(SocketShutdown.Send);

            // The connection carries the echo only, and no line of the log.
            Assert.True(client.IsAtEnd());
        }
    }

    [Theory]
    [MemberData(nameof(SuperServers))]
    public void Under_each_super_server_two_clients_are_served_at_the_same_time(string name)
    {
        using RunningProgram superServer = Start(name);
        using Socket first = Connect(superServer);
        using Socket second = Connect(superServer);
        second.AssertEchoes("second");
        first.AssertEchoes("first");
    }

    [Theory]
    [InlineData("tcpserver")]
    [InlineData("systemd-socket-activate")]
    public void Where_standard_error_is_not_the_connection_the_log_goes_there(string name)
    {
        using RunningProgram superServer = Start(name);
        string peer;
        using (Socket client = Connect(superServer))
        {
            peer = $"{client.LocalEndPoint}";
            client.AssertEchoes();
        }

        Deadline.WaitUntil(
            () => superServer.Error.Contains("client disconnected... ", StringComparison.Ordinal),
            "the end is told",
            () => superServer.Transcript);
        string[] lines =
        [
            .. superServer.Error.Split('\n')
                .Where(line => line.Contains(peer, StringComparison.Ordinal)
                    && line.Contains("client", StringComparison.Ordinal)),
        ];
        Assert.Collection(
            lines,
            line => Assert.Matches(@"^new client connected\.\.\. 127\.0\.0\.1:\d+ \(pid \d+, 1 active\)$", line),
            line => Assert.Matches(@"^client disconnected\.\.\. 127\.0\.0\.1:\d+ \(pid \d+, 5 bytes, \d+\.\d{3} s\)$", line));
        Assert.Empty(superServer.Output);
    }

    [Fact]
    public void A_client_that_is_idle_is_disconnected()
    {
        using RunningProgram superServer = Start("tcpserver", "--idle-timeout 1");
        using Socket client = Connect(superServer);
        client.AssertEchoes();
        Assert.True(client.IsAtEnd());
        Deadline.WaitUntil(
            () => superServer.Error.Contains("): idle for 1 s\n", StringComparison.Ordinal),
            "the reason is told",
            () => superServer.Transcript);
    }

    [Fact]
    public void A_reset_by_the_client_is_reported_with_its_reason()
    {
        using RunningProgram superServer = Start("tcpserver", "--log json");
        using Socket client = Connect(superServer);
        client.AssertEchoes();
        client.Reset();
        Deadline.WaitUntil(
            () =>
                superServer.Error.Contains(
                    "\"cause\":\"error\",\"error\":\"Connection reset by peer\"}\n", StringComparison.Ordinal),
            "the reason is told",
            () => superServer.Transcript);
    }

    [Theory]
    [InlineData("</dev/null")]
    [InlineData("<&-")]
    [InlineData("< <(echo hello)")]
    public void A_standard_input_that_is_not_a_connection_is_an_error(string redirection)
    {
        using RunningProgram server = new("bash", ["-c", $"exec \"$0\" --inetd {redirection}", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal("echo-server: --inetd: standard input is not a TCP connection\n", server.Error);
        Assert.Empty(server.Output);
    }

    [Fact]
    public void A_listening_socket_as_standard_input_is_an_error()
    {
        // As inetd passes it with "wait", and systemd with Accept=no.
        using RunningProgram activator = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--listen", $"127.0.0.1:{_port}", "bash", "-c", "exec \"$0\" --inetd <&3", Binary.Server]);
        Deadline.WaitUntil(
            () => activator.Error.Contains(" as 3", StringComparison.Ordinal), "it listens", () => activator.Transcript);
        using Socket client = Loopback.Connect(_port);
        Assert.Equal(1, activator.WaitForExit());
        Assert.EndsWith(
            "echo-server: --inetd: standard input is not a TCP connection\n", activator.Error, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RunningProgram Start(string name, string options = "")
    {
        string[] served = [Binary.Server, "--inetd", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        RunningProgram program = name switch
        {
            "inetd" => new(Tool.Find("inetd", "openbsd-inetd"), ["-i", WriteFile(
                $"127.0.0.1:{_port} stream tcp nowait root {Binary.Server} echo-server --inetd\n")]),
            "xinetd" => new(
                Tool.Find("xinetd", "xinetd"), ["-dontfork", "-pidfile", Path.Combine(_folder, "pid"), "-f", WriteFile($$"""
                service echo-native
                {
                    type = UNLISTED
                    socket_type = stream
                    protocol = tcp
                    bind = 127.0.0.1
                    port = {{_port}}
                    wait = no
                    user = root
                    server = {{Binary.Server}}
                    server_args = --inetd
                }

                """)]),
            "tcpserver" => new(Tool.Find("tcpserver", "ucspi-tcp"), ["-RHl0", "127.0.0.1", $"{_port}", .. served]),
            _ => new(Tool.Find(name, "systemd"), ["--inetd", "--accept", "--listen", $"127.0.0.1:{_port}", .. served]),
        };
        return program;
    }

    private string WriteFile(string text)
    {
        string path = Path.Combine(_folder, "configuration");
        File.WriteAllText(path, text);
        return path;
    }

    private Socket Connect(RunningProgram superServer)
    {
        Socket? socket = null;
        Deadline.WaitUntil(
            () =>
            {
                try
                {
                    socket = superServer.HasExited ? null : Loopback.Connect(_port);
                    return true;
                }
                catch (SocketException)
                {
                    return false; // it does not listen yet
                }
            },
            "the super-server listens",
            () => superServer.Transcript);
        return socket ?? throw new InvalidOperationException(superServer.Transcript);
    }
}
