using System;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EchoNative.PlatformTests.Containers;

/// <summary>The image of Dockerfile in containers of podman.</summary>
/// <param name="engine">The engine, which has the image.</param>
[Collection(nameof(ContainersCollection))]
public sealed class ContainerTests(ContainerEngine engine)
{
    // Starts a server in the network of the sandbox. The arguments are those of podman run.
    private const string Serve = """
        serve() {
            run --name server --network host "$@"
            within_time log_has server '^listening on'
        }

        """;

    [Fact]
    public void The_server_is_process_1_and_removes_its_children()
    {
        const string Script = """
            serve echo-native
            for client in 1 2 3; do
                echo hello | echo-client 127.0.0.1 9190
            done
            pid=$(state server Pid)
            no_children() { [ -z "$(cat "/proc/$pid/task/$pid/children")" ]; }
            within_time no_children
            grep ^NSpid: "/proc/$pid/status"
            podman logs server | grep -c '^removed proc id: [0-9]*$'
            """;
        string said = engine.Check(Serve + Script);
        Assert.Matches("^(Message from server: hello\n){3}NSpid:\t\\d+\t1\n3\n$", said);
    }

    [Fact]
    public void It_serves_with_a_read_only_root_without_capabilities_and_new_privileges()
    {
        const string Script = """
            serve --read-only --cap-drop all --security-opt no-new-privileges echo-native
            echo hello | echo-client 127.0.0.1 9190
            within_time log_has server '^removed'
            pid=$(state server Pid)
            grep -E '^(CapBnd|NoNewPrivs):' "/proc/$pid/status"
            awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo"
            podman stop server >/dev/null
            podman logs server 2>&1
            """;
        string[] said = engine.Check(Serve + Script).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Message from server: hello", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"], said[..3]);
        Assert.StartsWith("ro", said[3], StringComparison.Ordinal);

        // No line that says that something failed.
        Assert.Equal(
            ["listening", "new", "client", "removed", "summary..."], said[4..].Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void A_full_limit_of_processes_refuses_a_client_and_hurts_no_other()
    {
        // Two threads of the server, and 18 clients.
        const string Script = """
            serve --pids-limit 20 echo-native
            for number in $(seq 1 18); do
                connect "$number"
                echoes "$number"
            done
            connect 19
            echoes 19 2>/dev/null && echo 'client 19 was served'
            all_echo $(seq 1 18)
            close 18
            within_time log_has server '^removed'
            connect 20
            all_echo $(seq 1 17) 20
            podman logs server 2>&1 | grep -v -e '^listening' -e '^new client' -e '^client disc' -e '^removed'
            """;
        string said = engine.Check(Serve + Script);
        Assert.Matches(@"^echo-server: fork\(\) error: Resource temporarily unavailable.*\n$", said);
    }

    [Fact]
    public void The_limits_of_compose_hold_as_many_clients_as_the_server_admits()
    {
        const string Script = """
            clients=$1
            shift
            serve "$@"
            ulimit -S -n "$(ulimit -H -n)"
            echo-bench hold 127.0.0.1 9190 --connections "$clients" --duration 1 | grep -E '^(held|errors)'
            state server OOMKilled
            """;
        string[] command = ComposeFile.Words("command");
        string clients = command[Array.IndexOf(command, "--max-clients") + 1];
        string said = engine.Check(
            Serve + Script,
            [
                clients, "--pids-limit", ComposeFile.Value("pids_limit"), "--memory", ComposeFile.Value("mem_limit"),
                "echo-native", .. command,
            ]);
        Assert.Equal($"held {clients} of {clients}\nerrors 0\nfalse\n", Regex.Replace(said, " +", " "));
    }

    [Fact]
    public void The_health_check_of_compose_tells_a_full_server_from_a_free_one()
    {
        const string Script = """
            serve --health-cmd "$1" --health-interval disable echo-native --max-clients 1 9190
            check() { if podman healthcheck run server >/dev/null 2>&1; then echo healthy; else echo unhealthy; fi; }
            check
            connect 1
            echoes 1
            check
            echoes 1
            close 1
            within_time log_has server '^limit left... 0 active'
            check
            """;
        string said = engine.Check(Serve + Script, JsonSerializer.Serialize(ComposeFile.Words("test")[1..]));
        Assert.Equal("healthy\nunhealthy\nhealthy\n", said);
    }

    /// <summary>podman kills a container 10 s after it asked it to stop. Its exit status is then 137.</summary>
    [Fact]
    public void A_session_that_does_not_end_delays_the_stop_by_less_than_the_engine_waits()
    {
        const string Script = """
            serve echo-native
            connect 1
            echoes 1
            pid=$(state server Pid)
            kill -STOP $(cat "/proc/$pid/task/$pid/children")
            podman stop server >/dev/null
            state server ExitCode
            podman logs server | grep ^removed
            """;
        Assert.Matches(@"^0\nremoved proc id: \d+ \(killed by SIGKILL\)\n$", engine.Check(Serve + Script));
    }
}
