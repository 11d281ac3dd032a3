using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Systemd;

/// <summary>The installed units under a systemd that runs.</summary>
public sealed class ServiceTests : IClassFixture<BootedSystem>, IDisposable
{
    private const string Host = "127.0.0.1";
    private const string Port = "9190";

    private readonly BootedSystem _system;
    private readonly List<RunningProgram> _clients = [];
    private readonly int _consoleLength;

    public ServiceTests(BootedSystem system)
    {
        _system = system;
        _consoleLength = system.Console.Length;
        system.Control("stop");
    }

    public void Dispose()
    {
        TestOutput.Write(_system.Console[_consoleLength..]);
        foreach (RunningProgram client in _clients)
        {
            client.Input.Close(); // ends the session
            client.Dispose();
        }
    }

    [Fact]
    public void The_first_client_starts_the_service()
    {
        Assert.Equal("inactive", _system.Show("ActiveState"));
        _ = Connect();
        Assert.Equal("active", _system.Show("ActiveState"));
    }

    [Fact]
    public void The_service_is_active_as_soon_as_the_server_says_that_it_is_ready()
    {
        _system.Control("start");
        Assert.Equal("notify", _system.Show("Type"));
        Assert.Equal("active", _system.Show("ActiveState"));
        Assert.Equal($"listening on [::]:{Port}", _system.Show("StatusText"));
    }

    [Fact]
    public void Parent_and_child_run_as_a_dynamic_user()
    {
        // The range that systemd.exec(5) names for DynamicUser.
        const int First = 61184;
        const int Last = 65519;
        _ = Connect();
        int server = _system.Server;
        foreach (int process in (int[])[server, Assert.Single(ProcessTable.ChildrenOf(server))])
        {
            // Real, effective, saved and that of the file system; see proc_pid_status(5).
            string user = Assert.Single(ProcessTable.StatusOf(process, "Uid").Split('\t').Distinct());
            Assert.InRange(int.Parse(user, CultureInfo.InvariantCulture), First, Last);
        }
    }

    [Fact]
    public void Parent_and_child_have_a_network_of_their_own_with_nobody_in_it()
    {
        _ = Connect();
        int server = _system.Server;
        int child = Assert.Single(ProcessTable.ChildrenOf(server));
        Assert.NotEqual(NetworkOf(_system.FirstProcess), NetworkOf(server));
        Assert.Equal(NetworkOf(server), NetworkOf(child));
        const int LinesOfHeading = 2;
        string device = Assert.Single(File.ReadLines($"/proc/{child}/net/dev").Skip(LinesOfHeading));
        Assert.StartsWith("lo:", device.TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_has_its_connection_and_the_standard_streams()
    {
        _ = Connect();
        int server = _system.Server;
        ProcessTable.WaitForDescriptors(server, [0, 1, 2, 3, 10]); // 3: the passed socket, 10: the socket to systemd
        ProcessTable.WaitForDescriptors(Assert.Single(ProcessTable.ChildrenOf(server)), [0, 1, 2, 4]);
    }

    [Fact]
    public void A_thousand_connections_are_held_at_a_time()
    {
        const string Connections = "1000";
        string report = _system.Check(
            "echo-bench", "hold", Host, Port, "--connections", Connections, "--duration", "1", "--timeout", "100", "--json");
        Assert.Contains($"\"held\":{Connections}", report, StringComparison.Ordinal);
        Assert.Contains("\"errors\":0", report, StringComparison.Ordinal);
        string invocation = _system.Show("InvocationID");
        _system.Control("stop");
        _ = _system.Check("journalctl", "--sync");
        string journal = _system.Check("journalctl", "--output=cat", $"_SYSTEMD_INVOCATION_ID={invocation}", "--grep=^summary");
        Assert.StartsWith(
            $"summary... {Connections} accepted, 0 active, {Connections} peak, 0 refused, 0 failed forks, 0 killed, ",
            journal,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_lets_a_session_finish()
    {
        RunningProgram client = Connect();
        using RunningProgram stop = _system.Start("systemctl", "stop", "echo-server.service");
        _system.WaitFor("StatusText", "stopping, 1 active");
        client.Type("bye\n");
        Deadline.WaitUntil(() => client.Output == "hello\nbye\n", "the session continues", () => client.Transcript);
        Assert.False(stop.HasExited);
        client.Input.Close();
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal(0, stop.WaitForExit());
        Assert.Equal("inactive", _system.Show("ActiveState"));
        Assert.Equal("success", _system.Show("Result"));
        Assert.Equal("0", _system.Show("ExecMainStatus"));
    }

    [Fact]
    public void Restarts_lose_no_client()
    {
        using RunningProgram clients = _system.Start(
            "echo-bench", "connect", Host, Port, "--connections", "100", "--duration", "5", "--timeout", "100", "--json");
        _system.WaitFor("ActiveState", "active");
        string first = _system.Show("MainPID");
        while (!clients.HasExited)
        {
            _system.Control("restart");
        }

        Assert.Equal(0, clients.WaitForExit());
        Assert.Contains("\"errors\":0", clients.Output, StringComparison.Ordinal);
        Assert.NotEqual(first, _system.Show("MainPID"));
    }

    [Fact]
    public void After_the_server_was_killed_no_process_is_left_and_the_next_client_starts_it_again()
    {
        RunningProgram client = Connect();
        int server = _system.Server;
        int child = Assert.Single(ProcessTable.ChildrenOf(server));
        RunningProgram.Send(server, "KILL");
        _system.WaitFor("ActiveState", "failed");
        Assert.Equal("signal", _system.Show("Result"));
        Deadline.WaitUntil(() => !ProcessTable.Exists(child), "the child has ended");
        _ = client.WaitForExit();

        _ = Connect();
        Assert.Equal("active", _system.Show("ActiveState"));
        Assert.NotEqual(server, _system.Server);
    }

    // The client has sent "hello" and received it. Its session lasts until it ends its input, or the test is over.
    private RunningProgram Connect()
    {
        RunningProgram client = _system.Start("echo-client", "--raw", Host, Port);
        _clients.Add(client);
        client.Type("hello\n");
        Deadline.WaitUntil(() => client.Output == "hello\n", "the server echoes", () => client.Transcript);
        return client;
    }

    private static string? NetworkOf(int process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget;
}
