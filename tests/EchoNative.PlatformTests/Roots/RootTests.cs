using System.IO;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Roots;

/// <summary>The binary in root file systems that have little or nothing else, by chroot(2).</summary>
public sealed class RootTests
{
    private const string Busybox = "artifacts/platforms/kernels/amd64/busybox";

    // Functions for the scripts below, which run in an empty folder: root/ is the root file system.
    private const string Prologue = """
        set -E
        trap '{ echo "in vain: $BASH_COMMAND"; tail -v log error summary || true; } >&2' ERR
        add_programs() {
            mkdir -p root/bin root/tmp
            chmod 1777 root/tmp
            cp "$1" root/bin/echo-native
            for name in echo-server echo-client echo-bench; do
                ln -s echo-native "root/bin/$name"
            done
        }
        start() {
            chroot root /bin/echo-server --port-file /tmp/port 9190 "$@" >log 2>error &
            server=$!
            within_time [ -e root/tmp/port ]
        }
        echoes() {
            [ "$(printf 'hello\nq\n' | chroot root /bin/echo-client "$@" 127.0.0.1 9190)" = 'Message from server: hello' ]
        }
        raw() {
            seq 200000 >in
            chroot root /bin/echo-client --raw --verify 127.0.0.1 9190 <in >out 2>summary
            cmp in out
            grep '^verified: 1288895 bytes' summary
        }
        # stop: and the log says what a server that lost nothing says.
        stop() {
            kill "$server"
            wait "$server"
            [ ! -s error ]
            grep '^summary.* 0 active, .* 0 failed forks, 0 killed' log
            [ ! -e root/tmp/port ]
        }
        # fails_with STATUS TEXT COMMAND...: in the root file system; the first line of standard error.
        fails_with() {
            local wanted=$1 text=$2 status=0
            shift 2
            chroot root "$@" >said 2>&1 || status=$?
            [ "$(sed -n 1p said) $status" = "$text $wanted" ] || { cat said; echo "status $status"; return 1; } >&2
        }

        """;

    [Fact]
    public void A_root_without_anything_else_is_enough() => Check("""
        add_programs "$1"
        start
        grep -x 'listening on 0.0.0.0:9190' log
        echoes
        raw
        chroot root /bin/echo-bench connect 127.0.0.1 9190 --count 20 | grep -E '^errors +0$'
        grep -P '^Threads:\t2$' "/proc/$server/status"
        grep -P '^Seccomp:\t2$' "/proc/$server/status"
        [ "$(find root -type f | sort)" = "$(printf 'root/bin/echo-native\nroot/tmp/port')" ]
        stop
        """);

    [Fact]
    public void A_root_without_anything_else_has_no_names_and_says_so() => Check("""
        add_programs "$1"
        fails_with 2 "echo-server: user 'nobody' is not known" /bin/echo-server --user nobody 0
        fails_with 2 "echo-server: group 'nogroup' is not known" /bin/echo-server --user 65534:nogroup 0
        fails_with 1 'echo-client: getaddrinfo() error: Temporary failure in name resolution (localhost)' \
            /bin/echo-client localhost 9190
        fails_with 1 'echo-server: open() error: No such file or directory (/run/port)' /bin/echo-server --port-file /run/port 0
        start --user 65534:65534
        grep -P '^Uid:\t65534\t65534\t65534\t65534$' "/proc/$server/status"
        echoes
        stop
        """);

    /// <summary>A socket that got the number of standard output would be sent the log.</summary>
    [Fact]
    public void No_client_gets_the_log_of_a_server_without_standard_streams_and_without_dev_null() => Check("""
        add_programs "$1"
        chroot root /bin/echo-server --port-file /tmp/port 9190 0<&- 1>&- 2>&- &
        server=$!
        within_time [ -e root/tmp/port ]
        echoes
        raw
        kill "$server"
        wait "$server"
        """);

    [Theory]
    [InlineData("bookworm", "12")]
    [InlineData("trixie", "13")]
    public void A_minimal_root_of_Debian_is_enough(string release, string version) => Check(
        """
        mkdir root
        tar -xf "$2" -C root --exclude ./dev
        add_programs "$1"
        grep "^VERSION_ID=\"$3\"" root/etc/os-release
        start --user nobody:daemon
        grep -P '^Uid:\t65534\t65534\t65534\t65534$' "/proc/$server/status"
        grep -P '^Gid:\t1\t1\t1\t1$' "/proc/$server/status"
        echoes
        raw
        stop
        # Names of hosts, too, come from the files of that root.
        echo '127.0.0.1 echo.example' >root/etc/hosts
        start
        [ "$(printf 'hello\nq\n' | chroot root /bin/sh -c 'echo-client echo.example 9190')" = 'Message from server: hello' ]
        stop
        """,
        Path.Combine(Binary.Root, $"artifacts/platforms/roots/{release}.tar"),
        version);

    [Fact]
    public void A_root_with_busybox_only_is_enough() => Check(
        """
        add_programs "$1"
        mkdir root/etc
        cp "$2" root/bin/busybox
        ln -s busybox root/bin/sh
        echo 'echo:x:4711:4712::/:/bin/sh' >root/etc/passwd
        start --user echo
        grep -P '^Uid:\t4711\t4711\t4711\t4711$' "/proc/$server/status"
        grep -P '^Gid:\t4712\t4712\t4712\t4712$' "/proc/$server/status"
        chroot root /bin/sh -c "printf 'hello\nq\n' | echo-client 127.0.0.1 9190" | grep -x 'Message from server: hello'
        raw
        stop
        """,
        Path.Combine(Binary.Root, Busybox));

    private static void Check(string script, params string[] arguments) =>
        _ = Sandbox.Check(Prologue + script, [Binary.Native, .. arguments]);
}
