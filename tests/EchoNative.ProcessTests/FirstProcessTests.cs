using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>
/// The programs as the first process of a container, see pid_namespaces(7): the kernel drops signals for which that process
/// has no handler.
/// </summary>
public sealed class FirstProcessTests
{
    // as_first READY COMMAND...: runs it as process 1 of its namespace, sends it the signal when READY succeeds, and says its
    // exit status. A shell starts it in the background, where SIGINT and SIGQUIT are ignored.
    private const string Functions = """
        signal=$1
        as_first() {
            local ready=$1
            shift
            unshare --pid --fork --kill-child "$@" <input &
            unshare=$!
            exec 3>input # opens when the program has opened it for reading
            within_time eval 'first=$(pgrep -P $unshare)'
            within_time eval "$ready"
            kill -s "$signal" "$first"
            local status=0
            wait "$unshare" || status=$?
            echo "$status"
            exec 3>&-
        }
        mkfifo input
        echo-server --bind 127.0.0.1 --quiet --port-file port 0 &
        within_time test -s port
        port=$(cat port)
        served() { [ "$(pgrep -c -x echo-server)" -gt 1 ]; }

        """;

    public static TheoryData<string, int> Signals => new()
    {
        { "HUP", 129 }, { "INT", 130 }, { "QUIT", 131 }, { "TERM", 143 },
    };

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_signal_ends_the_client_and_its_sender(string signal, int status) => Check(
        signal,
        $"{status}\n0\n",
        """
        as_first served echo-client 127.0.0.1 "$port"
        pgrep -c -x echo-client || true
        """);

    // The class library leaves SIGINT and SIGQUIT ignored if they are ignored at the start.
    [Theory]
    [InlineData("HUP", 129)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_portable_client(string signal, int status) =>
        Check(signal, $"{status}\n", """as_first served dotnet "$2" client 127.0.0.1 "$port" """);

    [Theory]
    [MemberData(nameof(Signals))]
    public void A_signal_ends_the_load_generator(string signal, int status) => Check(
        signal,
        $"{status}\n{status}\n",
        """
        as_first served echo-bench hold 127.0.0.1 "$port" --connections 3 --duration 1000
        within_time eval '! served'
        as_first served echo-bench ping 127.0.0.1 "$port" --duration 1000
        """);

    [Fact]
    public void A_signal_ends_the_client_and_the_load_generator_while_they_connect_or_look_up_a_name() => Check(
        "TERM",
        "143\n143\n143\n143\n",
        """
        ip link add v0 type veth peer name v1
        ip link set v0 up
        ip link set v1 up
        ip addr add 10.9.9.1/24 dev v0
        for silent in 2 3; do ip neigh add 10.9.9.$silent lladdr 02:00:00:00:00:0$silent dev v0; done
        echo nameserver 10.9.9.3 >resolv.conf
        mount --bind resolv.conf /etc/resolv.conf
        connecting() { ss -tn state syn-sent | grep -q 10.9.9.2; }
        asking() { ss -un | grep -q 10.9.9.3:53; }
        as_first connecting echo-client 10.9.9.2 9
        as_first connecting echo-bench ping 10.9.9.2 9
        as_first asking echo-client nobody.example 9
        as_first asking echo-bench ping nobody.example 9
        """);

    [Fact]
    public void A_signal_ends_a_session_of_inetd() => Check(
        "TERM",
        "143\n",
        """
        cat >listen.py <<'EOF'
        import os, socket, sys
        listening = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(listening.getsockname())
        served = listening.accept()[0]
        client.sendall(b"x")
        os.dup2(served.fileno(), 0)
        os.set_inheritable(client.fileno(), True)
        os.execvp("unshare", ["unshare", "--pid", "--fork", "--kill-child", "echo-server", "--inetd", "--quiet"])
        EOF
        python3 listen.py & unshare=$!
        within_time eval 'first=$(pgrep -P $unshare -x echo-server)'
        within_time eval '[ "$(pgrep -c -P $first)" = 1 ]'
        kill "$first"
        status=0
        wait "$unshare" || status=$?
        echo "$status"
        """);

    [Fact]
    public void A_session_of_inetd_serves_the_connection_that_a_service_manager_has_passed() => Check(
        "TERM",
        "hello\n0\n",
        """
        cat >pass.py <<'EOF'
        import os, socket, subprocess
        os.open("/dev/null", os.O_RDONLY) # takes the number 3
        client, served = socket.socketpair()
        client.sendall(b"hello\n")
        client.shutdown(socket.SHUT_WR)
        os.dup2(served.fileno(), 3)
        served.close()
        first = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "env", "LISTEN_PID=1", "LISTEN_FDS=1", "echo-server", "--inetd"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[3])
        os.close(3)
        print(client.makefile().read(), end="")
        print(first.wait())
        EOF
        python3 pass.py
        """);

    [Fact]
    public void A_hangup_that_is_ignored_does_not_end_the_client() => Check(
        "HUP",
        "0\n",
        """
        kill_and_end() { served && kill -s HUP "$first" && exec 3>&-; }
        as_first kill_and_end nohup echo-client 127.0.0.1 "$port" 2>/dev/null
        """);

    [Fact]
    public void The_exit_status_and_the_streams_are_those_of_the_program() => Check(
        "TERM",
        "Message from server: hello\n0\necho-client: connect() error: Connection refused (127.0.0.1:1)\n1\n2\n",
        """
        first() { unshare --pid --fork --kill-child "$@"; }
        echo hello | first echo-client 127.0.0.1 "$port"
        echo $?
        first echo-client 127.0.0.1 1 2>&1 || echo $?
        first echo-client --wrong 2>/dev/null || echo $?
        """);

    [Fact]
    public void Outside_of_a_container_the_signal_itself_ends_the_client()
    {
        using RunningServer server = new();
        using RunningProgram client = new(
            "python3",
            [
                "-c",
                "import subprocess,sys; c=subprocess.Popen(sys.argv[1:],stdin=subprocess.PIPE); sys.stdin.readline(); "
                    + "c.terminate(); print(c.wait())",
                Binary.Client, "127.0.0.1", $"{server.Port}",
            ]);
        server.WaitForConnected(1);
        client.Type("\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal("-15\n", client.Output);
    }

    private static void Check(string signal, string said, string script) =>
        Assert.Equal(said, Sandbox.Check(Functions + script, signal, Binary.Portable));
}
