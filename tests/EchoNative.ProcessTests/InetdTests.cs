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

    public static TheoryData<string> SuperServers =>
    [
        "inetd", "xinetd", "tcpserver", "systemd-socket-activate", "systemd-socket-activate with descriptor 3",
        "socat with a socket", "socat with pipes",
    ];

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
    public void The_PROXY_header_and_the_banner_are_as_without_a_super_server()
    {
        using RunningProgram superServer = Start("tcpserver", "--proxy-protocol --banner");
        using (Socket client = Connect(superServer))
        {
            client.SendText("PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190\r\nhello");
            client.Shutdown(SocketShutdown.Send);
            Assert.Matches(@"^[^ ]+ \d+\nhello$", Loopback.ReceiveAll(client));
        }

        using (Socket client = Connect(superServer))
        {
            client.SendText("hello");
            Assert.True(client.IsAtEnd());
        }

        Deadline.WaitUntil(
            () => superServer.Error.Contains(" s): no PROXY header\n", StringComparison.Ordinal),
            "both sessions have ended",
            () => superServer.Transcript);
        Assert.Matches(@"connected\.\.\. 203\.0\.113\.7:4711 \(pid \d+, 1 active\)\n", superServer.Error);
        Assert.Matches(@"disconnected\.\.\. 203\.0\.113\.7:4711 \(pid \d+, 5 bytes, \d+\.\d+ s\)\n", superServer.Error);
    }

    [Fact]
    public void A_probe_is_not_logged_and_ends_the_process_with_0()
    {
        using TcpListener listener = Loopback.Listen();
        using RunningProgram server = new(
            "bash",
            [
                "-c",
                """
                exec 9<>"/dev/tcp/127.0.0.1/$1" && exec "$0" --inetd --ignore-probes <&9 >&9
                """,
                Binary.Server, $"{Loopback.PortOf(listener)}",
            ]);
        using (Socket probe = Loopback.Accept(listener))
        {
            probe.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, server.WaitForExit());
        }

        Assert.Empty(server.Error);
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
    [InlineData("<&-", "standard input can't be read")]
    [InlineData("0>/dev/null", "standard input can't be read")]
    [InlineData("</dev/null >&-", "standard output can't be written")]
    [InlineData("</dev/null 1</dev/null", "standard output can't be written")]
    public void A_standard_stream_that_can_not_be_used_is_an_error(string redirection, string message)
    {
        using RunningProgram server = new("bash", ["-c", $"exec \"$0\" --inetd {redirection}", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: --inetd: {message}\n", server.Error);
        Assert.Empty(server.Output);
    }

    [Theory]
    [InlineData("< <(echo hello)", "hello\n")]
    [InlineData("<<<hello", "hello\n")]
    [InlineData("</dev/null", "")]
    public void Any_stream_is_served_from_standard_input_to_standard_output(string redirection, string output)
    {
        using RunningProgram server = new("bash", ["-c", $"exec \"$0\" --inetd {redirection}", Binary.Server]);
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal(output, server.Output);
        Assert.Matches(
            $@"^new client connected\.\.\. pipe \(pid \d+, 1 active\)\n"
                + $@"client disconnected\.\.\. pipe \(pid \d+, {output.Length} bytes, \d\.\d+ s\)\n$",
            server.Error);
    }

    [Fact]
    public void Where_standard_error_is_the_output_nothing_is_said()
    {
        using RunningProgram server = new("bash", ["-c", "exec \"$0\" --inetd <<<hello 2>&1", Binary.Server]);
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal(("hello\n", ""), (server.Output, server.Error));
    }

    [Fact]
    public void A_pipe_that_brings_nothing_is_idle()
    {
        using RunningProgram server = new(Binary.Server, ["--inetd", "--idle-timeout", "1"]);
        server.Type("hello");
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal("hello", server.Output);
        Assert.EndsWith(" s): idle for 1 s\n", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_is_not_of_IP_is_idle_when_it_brings_nothing()
    {
        string script = "import os, socket, sys; own, served = socket.socketpair(); "
            + "os.dup2(served.fileno(), 0); os.dup2(own.fileno(), 1); os.execv(sys.argv[1], sys.argv[1:])";
        using RunningProgram server = new(
            "python3", ["-c", script, Binary.Server, "--inetd", "--idle-timeout", "1"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.EndsWith(" s): idle for 1 s\n", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_that_takes_nothing_is_idle()
    {
        string fifo = Path.Combine(_folder, "fifo");
        _ = ToolRun.Check("mkfifo", fifo);
        using FileStream reader = new(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        string script = "exec \"$0\" --inetd --idle-timeout 1 < <(yes 2>/dev/null) >\"$1\"";
        using RunningProgram server = new("bash", ["-c", script, Binary.Server, fifo]);
        Assert.Equal(1, server.WaitForExit());
        Assert.EndsWith(" 65536 bytes, " + server.Error.Split(" bytes, ")[^1], server.Error, StringComparison.Ordinal);
        Assert.EndsWith(" s): idle for 1 s\n", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_whose_reader_is_gone_ends_the_session()
    {
        string script = "exec 9> >(:); wait $!; exec \"$0\" --inetd <<<hello >&9 9>&-";
        using RunningProgram server = new("bash", ["-c", script, Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.EndsWith(" s): Broken pipe\n", server.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec \"$0\" --inetd <&3", "descriptor 3 of LISTEN_FDS is a socket that listens")]
    [InlineData("exec \"$0\" --inetd <&3 3<&-", "standard input is a socket that listens")]
    [InlineData("exec \"$0\" --inetd 3</dev/null", "descriptor 3 of LISTEN_FDS is not a socket")]
    [InlineData("LISTEN_FDS=2 exec \"$0\" --inetd", "LISTEN_FDS passes 2 sockets in place of one connection")]
    public void A_listening_socket_is_an_error(string start, string message)
    {
        // As inetd passes it with "wait", and systemd with Accept=no.
        using RunningProgram activator = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--listen", $"127.0.0.1:{_port}", "bash", "-c", start, Binary.Server]);
        Deadline.WaitUntil(
            () => activator.Error.Contains(" as 3", StringComparison.Ordinal), "it listens", () => activator.Transcript);
        using Socket client = Loopback.Connect(_port);
        Assert.Equal(1, activator.WaitForExit());
        Assert.EndsWith($"echo-server: --inetd: {message}\n", activator.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_datagram_socket_is_an_error()
    {
        using RunningProgram server = new(
            "bash", ["-c", $"exec \"$0\" --inetd <>/dev/udp/127.0.0.1/{_port}", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal("echo-server: --inetd: standard input is a socket that is no stream\n", server.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--no-sandbox")]
    [InlineData("--idle-timeout 5")]
    public void A_client_that_has_reset_its_connection_already_ends_the_process_quietly(string option)
    {
        string go = Path.Combine(_folder, "go");
        string status = Path.Combine(_folder, "status");
        string script = $"until [ -e \"$1\" ]; do sleep 0.02; done; \"$0\" --inetd {option} 2>\"$2.log\"; echo $? >\"$2\"";
        using RunningProgram superServer = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--inetd", "--accept", "--listen", $"127.0.0.1:{_port}", "bash", "-c", script, Binary.Server, go, status]);
        using (Socket client = Connect(superServer))
        {
            Deadline.WaitUntil(() => ProcessTable.ChildrenOf(superServer.Id).Count == 1, "it is accepted");
            client.Reset();
        }

        File.WriteAllText(go, "");
        Deadline.WaitUntil(
            () => File.Exists(status) && File.ReadAllText(status).Length > 0, "it has ended", () => superServer.Transcript);
        Assert.Equal(("0\n", ""), (File.ReadAllText(status), File.ReadAllText(status + ".log")));
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
            "socat with a socket" => StartSocat(served, ""),
            "socat with pipes" => StartSocat(served, ",pipes"),
            "systemd-socket-activate" => new(
                Tool.Find(name, "systemd"), ["--inetd", "--accept", "--listen", $"127.0.0.1:{_port}", .. served]),
            _ => new(
                Tool.Find("systemd-socket-activate", "systemd"), ["--accept", "--listen", $"127.0.0.1:{_port}", .. served]),
        };
        return program;
    }

    private RunningProgram StartSocat(string[] served, string how) =>
        new(
            Tool.Find("socat", "socat"),
            ["-t1", $"TCP-LISTEN:{_port},bind=127.0.0.1,reuseaddr,fork", $"EXEC:{string.Join(' ', served)}{how}"]);

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
