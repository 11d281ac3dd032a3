using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>Listening sockets that a service manager passes, and the messages to it.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void A_real_activator_passes_several_sockets_and_no_port_is_needed()
    {
        (int first, int second) = (Loopback.FreePort(), Loopback.FreePort());
        using RunningProgram activator = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            [
                "--listen",
                $"127.0.0.1:{first}",
                "--listen",
                $"[::1]:{second}",
                "--fdname",
                "one:two",
                Binary.Server,
                "--grace",
                "0",
            ]);
        Deadline.WaitUntil(
            () => activator.Error.Contains($"[::1]:{second} as 4", StringComparison.Ordinal),
            "it listens",
            () => activator.Transcript);
        Loopback.AssertServes(first);
        Loopback.AssertServes(second, "::1");
        Loopback.AssertServes(first);
        Deadline.WaitUntil(
            () => activator.Output.Split("removed proc id: ").Length == 4, "three were served", () => activator.Transcript);
        Assert.StartsWith(
            $"listening on 127.0.0.1:{first}\nlistening on [::1]:{second}\n", activator.Output, StringComparison.Ordinal);

        // systemd-socket-activate has become the server by exec.
        activator.Signal("TERM");
        Assert.Equal(0, activator.WaitForExit());
        Assert.Contains("summary... 3 accepted, 0 active", activator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_of_an_activated_server_has_no_passed_socket_and_no_socket_of_the_service_manager()
    {
        using Socket manager = Listen("notify");
        int port = Loopback.FreePort();
        using RunningProgram activator = Activate(
            port, ["--setenv", $"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}"], []);
        using Socket client = Loopback.Connect(port);
        client.AssertEchoes();

        // The child may answer before the parent has closed its copy of the connected socket.
        Deadline.WaitUntil(
            () => ProcessTable.DescriptorsOf(activator.Id).Values.Count(IsSocket) == 2,
            "the parent has two sockets",
            () => activator.Transcript);
        int child = Assert.Single(ProcessTable.ChildrenOf(activator.Id));
        Assert.Single(ProcessTable.DescriptorsOf(child).Values, IsSocket);
    }

    [Fact]
    public void A_passed_socket_is_made_non_blocking()
    {
        int port = Loopback.FreePort();
        using RunningProgram activator = Activate(port, [], []);
        Loopback.AssertServes(port);
        const int NonBlocking = 0x800; // O_NONBLOCK, octal 04000
        string flags = File.ReadLines($"/proc/{activator.Id}/fdinfo/3").First(
            line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.NotEqual(0, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & NonBlocking);
    }

    [Theory]
    [InlineData(
        "3</dev/null", "LISTEN_FDS=1 LISTEN_FDNAMES=web", "descriptor 3 (web) of LISTEN_FDS is not a TCP socket that listens")]
    [InlineData("3</dev/null", "LISTEN_FDS=1", "descriptor 3 of LISTEN_FDS is not a TCP socket that listens")]
    [InlineData("3>&-", "LISTEN_FDS=1", "descriptor 3 of LISTEN_FDS is not open")]
    [InlineData("3>&-", "LISTEN_FDS=1 LISTEN_FDNAMES=web", "descriptor 3 (web) of LISTEN_FDS is not open")]
    [InlineData("", "LISTEN_FDS=x", "LISTEN_FDS 'x' is not a number from 0 to 2147483647")]
    [InlineData("", "LISTEN_FDS=", "LISTEN_FDS '' is not a number from 0 to 2147483647")]
    [InlineData("", "LISTEN_FDS=-1", "LISTEN_FDS '-1' is not a number from 0 to 2147483647")]
    [InlineData("", "LISTEN_FDS=2147483648", "LISTEN_FDS '2147483648' is not a number from 0 to 2147483647")]
    public void A_passed_descriptor_that_is_not_a_listening_socket_is_an_error(
        string redirection, string environment, string message)
    {
        using RunningProgram server = new(
            "bash", ["-c", $"export LISTEN_PID=$$ {environment}; exec \"$0\" {redirection}", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: {message}\n", server.Error);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("3000000", 3000000)]
    [InlineData("2147483647", 2147483647)]
    public void More_passed_sockets_than_descriptors_are_refused_with_both_numbers(string variable, int sockets)
    {
        string line = $"ulimit -n 20; export LISTEN_PID=$$ LISTEN_FDS={variable}; exec \"$0\"";
        AssertRefused(sockets, limit: 20, "bash", ["-c", line, Binary.Server]);
    }

    [Theory]
    [InlineData("1000000")]
    [InlineData("1000000000")]
    public void Where_descriptors_are_not_limited_a_wrong_number_of_sockets_is_an_error_too(string variable)
    {
        // Only root may raise the limit.
        string line = "ulimit -n $(cat /proc/sys/fs/nr_open) 2>/dev/null; export LISTEN_PID=$$ LISTEN_FDS=$1; exec \"$0\"";
        using RunningProgram server = new("bash", ["-c", line, Binary.Server, variable]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Matches(
            @"^echo-server: (descriptor 3 of LISTEN_FDS is not open|\d+ listening sockets and [^\n]+)\n$", server.Error);
    }

    [Theory]
    [InlineData("NOTIFY_SOCKET=/nowhere", "")]
    [InlineData("", "--ready-fd=7 7>/dev/null")]
    [InlineData("", "--port-file=/dev/null")]
    public void The_descriptors_for_reports_count_as_well(string environment, string option)
    {
        string line = $"ulimit -n 20; {environment} exec \"$0\" \"$@\" {option} 0";
        string[] bind = [.. Enumerable.Range(1, 16).Select(number => $"--bind=127.0.0.{number}")];
        AssertRefused(16, limit: 20, "bash", ["-c", line, Binary.Server, .. bind], others: 5);
        using RunningServer server = new("bash", ["-c", line[..^2], Binary.Server, .. bind[..^1]]);
        server.AssertServes();
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void More_sockets_than_there_is_memory_for_are_refused()
    {
        using RunningProgram server = new(
            "prlimit", ["--nofile=20000", "bash", "-c", "export LISTEN_PID=$$ LISTEN_FDS=10001; exec \"$0\"", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal("echo-server: 10001 listening sockets are more than the limit, which is 10000\n", server.Error);
    }

    [Fact]
    public void More_addresses_than_descriptors_are_refused_with_both_numbers()
    {
        string[] bind = [.. Enumerable.Range(1, 17).Select(number => $"--bind=127.0.0.{number}")];
        AssertRefused(17, limit: 20, "bash", ["-c", "ulimit -n 20; exec \"$0\" \"$@\" 0", Binary.Server, .. bind]);

        // One less leaves room for one client.
        using RunningServer server = new("bash", ["-c", "ulimit -n 20; exec \"$0\" \"$@\"", Binary.Server, .. bind[1..]]);
        server.AssertServes("127.0.0.17");
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_client_that_connected_before_the_server_started_has_its_idle_timeout_and_keepalive()
    {
        // systemd-socket-activate starts the server when the first client has connected.
        int port = Loopback.FreePort();
        using RunningProgram activator = Activate(port, [], ["--idle-timeout", "2"]);
        using Socket client = Loopback.Connect(port);
        client.AssertEchoes();
        Deadline.WaitUntil(() => ConnectionTable.HasKeepAlive(port), "the keepalive timer runs");
        Assert.True(client.IsAtEnd());
        Deadline.WaitUntil(
            () => activator.Output.Contains(": idle for 2 s\n", StringComparison.Ordinal),
            "it was idle",
            () => activator.Transcript);
        activator.Signal("TERM");
        Assert.Equal(0, activator.WaitForExit());
    }

    [Fact]
    public void A_passed_datagram_socket_is_an_error()
    {
        using RunningProgram activator = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--datagram", "--listen", $"127.0.0.1:{Loopback.FreePort(SocketType.Dgram)}", Binary.Server]);
        Deadline.WaitUntil(
            () => activator.Error.Contains(" as 3", StringComparison.Ordinal), "it listens", () => activator.Transcript);
        int port = int.Parse(
            activator.Error.Split(" as 3")[0].Split(':')[^1], CultureInfo.InvariantCulture);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect("127.0.0.1", port);
        client.SendText("hello");
        Assert.Equal(1, activator.WaitForExit());
        Assert.EndsWith(" of LISTEN_FDS is not a TCP socket that listens\n", activator.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sockets_that_were_passed_to_another_process_are_not_used()
    {
        using RunningServer server = new("env", ["LISTEN_PID=1", "LISTEN_FDS=1", Binary.Server]);
        server.AssertServes();
    }

    [Theory]
    [InlineData("9190")]
    [InlineData("--bind", "::1")]
    public void A_port_or_an_address_beside_passed_sockets_is_wrong_usage(params string[] arguments)
    {
        using RunningProgram server = new(
            "bash", ["-c", "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" \"$@\"", Binary.Server, .. arguments]);
        Assert.Equal(2, server.WaitForExit());
        Assert.StartsWith(
            "echo-server: LISTEN_FDS passes sockets that listen already: a port or --bind is too many\nUsage: ",
            server.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_service_manager_is_notified_when_the_server_is_ready_and_when_it_stops(bool isAbstract)
    {
        string name = isAbstract ? $"\0{_folder}" : "notify";
        using Socket manager = Listen(name);
        string variable = isAbstract ? $"@{_folder}" : Path.Combine(_folder, name);
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={variable}", Binary.Server, "--bind", "127.0.0.1"]);
        Assert.Equal($"READY=1\nSTATUS=listening on 127.0.0.1:{server.Port}", Receive(manager));
        server.AssertServes();
        server.WaitForRemoved(1);
        using Socket client = server.Connect();
        server.WaitForConnected(2);
        server.Program.Signal("TERM");
        Assert.Equal("STOPPING=1\nSTATUS=stopping, 1 active", Receive(manager));
        client.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Equal(0, manager.Available);
    }

    [Fact]
    public void A_service_manager_whose_name_is_not_UTF_8_is_notified()
    {
        using Socket manager = Listen("notify");
        using RunningServer server = new(
            "bash",
            [
                "-c",
                "mv \"$1/notify\" \"$1/\"$'\\xff'; NOTIFY_SOCKET=$1/$'\\xff' exec \"$0\" \"${@:2}\"",
                Binary.Server,
                _folder,
            ]);
        Assert.StartsWith("READY=1\n", Receive(manager), StringComparison.Ordinal);

        // The class library can't remove a file of such a name.
        _ = ToolRun.Check("bash", "-c", "rm \"$0/\"$'\\xff'", _folder);
    }

    [Fact]
    public void An_abstract_name_may_be_as_long_as_an_address()
    {
        string name = $"{_folder}{new string('x', 107 - _folder.Length)}";
        using Socket manager = Listen($"\0{name}");
        using RunningServer server = new("env", [$"NOTIFY_SOCKET=@{name}", Binary.Server]);
        Assert.StartsWith("READY=1\n", Receive(manager), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_manager_that_does_not_read_gets_its_messages_later_and_clients_are_served()
    {
        using Socket manager = Listen("notify");
        int filled = Fill("notify");
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}", Binary.Server]);
        server.AssertServes();
        server.WaitForRemoved(1);

        // It tries several times.
        ProcessTable.WaitForIdle(server.Program.Id);
        long wakes = Wakes(server);
        Deadline.WaitUntil(() => Wakes(server) >= wakes + 2, "it tries again", () => server.Program.Transcript);
        Drain(manager, filled);
        Assert.StartsWith("READY=1\n", Receive(manager), StringComparison.Ordinal);

        filled = Fill("notify");
        using Socket client = server.Connect();
        server.WaitForConnected(2);
        server.Program.Signal("TERM");
        _ = server.WaitForLine("^stopping");
        Drain(manager, filled);
        Assert.Equal("STOPPING=1\nSTATUS=stopping, 1 active", Receive(manager));
        client.Close();
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Equal(0, manager.Available);
    }

    [Fact]
    public void A_message_that_was_taken_lets_the_server_sleep()
    {
        using Socket manager = Listen("notify");
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}", Binary.Server]);
        _ = Receive(manager);
        ProcessTable.WaitForIdle(server.Program.Id);
        using Socket client = server.Connect();
        client.AssertEchoes();
        ProcessTable.WaitForIdle(server.Program.Id);
    }

    [Fact]
    public void A_service_manager_that_never_reads_does_not_keep_the_server_from_ending()
    {
        using Socket manager = Listen("notify");
        _ = Fill("notify");
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}", Binary.Server]);
        server.AssertServes();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
    }

    [Fact]
    public void With_hundreds_of_addresses_the_message_is_shortened_and_nothing_is_allocated_in_the_sandbox()
    {
        // The collector would collect after 64 KiB, and read files in /proc, by which the server would end.
        const int Addresses = 400;
        using Socket manager = Listen("notify");
        IEnumerable<string> bind = Enumerable.Range(0, Addresses).Select(number => $"--bind=127.1.{number / 200}.{number % 200}");
        using ScratchFolder folder = new();
        string[] environment = [$"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}", "DOTNET_GCgen0size=10000"];
        using RunningServer server = new(
            "env", [.. environment, Binary.Server, "--port-file", folder["port"], "--grace", "0", .. bind]);
        string message = Receive(manager);
        Assert.StartsWith($"READY=1\nSTATUS=listening on 127.1.0.0:{server.Port} 127.1.0.1:{server.Port} ", message, default);
        int named = message.Split(':').Length - 1;
        Assert.EndsWith($":{server.Port} and {Addresses - named} more", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1800, 2048);
        Deadline.WaitUntil(() => server.Lines.Count == Addresses, "each address is told", () => server.Program.Transcript);
        server.AssertServes("127.1.1.199");
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("/nowhere/notify")]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    public void A_service_manager_that_does_not_exist_is_no_error(string name)
    {
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={name}", Binary.Server]);
        server.AssertServes();
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
    }

    [Fact]
    public void A_service_manager_that_ends_is_no_error()
    {
        Socket manager = Listen("notify");
        using RunningServer server = new("env", [$"NOTIFY_SOCKET={Path.Combine(_folder, "notify")}", Binary.Server]);
        manager.Dispose();
        server.AssertServes();
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static RunningProgram Activate(int port, IEnumerable<string> activatorOptions, IEnumerable<string> options)
    {
        RunningProgram activator = new(
            Tool.Find("systemd-socket-activate", "systemd"),
            ["--listen", $"127.0.0.1:{port}", .. activatorOptions, Binary.Server, .. options]);
        Deadline.WaitUntil(
            () => activator.Error.Contains(" as 3", StringComparison.Ordinal), "it listens", () => activator.Transcript);
        return activator;
    }

    private Socket Listen(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds,
        };
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '\0' ? name : Path.Combine(_folder, name)));
        return socket;
    }

    private static void AssertRefused(int sockets, int limit, string program, IEnumerable<string> arguments, int others = 4)
    {
        using RunningProgram server = new(program, arguments);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal(
            $"echo-server: {sockets} listening sockets and {others} other descriptors"
                + $" are more than RLIMIT_NOFILE allows, which is {limit}\n",
            server.Error);
        Assert.Empty(server.Output);
    }

    private static long Wakes(RunningServer server) => long.Parse(
        ProcessTable.StatusOf(server.Program.Id, "voluntary_ctxt_switches"), CultureInfo.InvariantCulture);

    // Sends messages until the queue is full.
    private int Fill(string name)
    {
        using Socket sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        sender.Connect(new UnixDomainSocketEndPoint(Path.Combine(_folder, name)));
        int count = 0;
        try
        {
            for (; ; count++)
            {
                _ = sender.Send("x"u8);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
        {
            return count;
        }
    }

    private static void Drain(Socket manager, int messages)
    {
        for (int message = 0; message < messages; message++)
        {
            Assert.Equal("x", Receive(manager));
        }
    }

    private static string Receive(Socket socket)
    {
        byte[] bytes = new byte[4096];
        return Encoding.UTF8.GetString(bytes, 0, socket.Receive(bytes));
    }

    private static bool IsSocket(string target) => target.StartsWith("socket:", StringComparison.Ordinal);
}
