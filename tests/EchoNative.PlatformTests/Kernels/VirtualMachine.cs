using System;
using System.IO;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Kernels;

/// <summary>
/// A kernel of Debian that was booted once, in QEMU without KVM, with the programs and busybox as its only files. Its first
/// process ran a script, and the machine was switched off.
/// </summary>
public abstract class VirtualMachine
{
    // Half a minute on a quiet machine.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(10);

    // Each step prints what its programs print between two lines, the second with its exit status. A test reads that.
    private const string Init = """
        #!/bin/busybox sh
        /bin/busybox --install -s /bin
        mount -t proc proc /proc
        mount -t devtmpfs dev /dev
        ifconfig lo 127.0.0.1 up
        # The kernel's log names each program that crashes.
        echo 1 >/proc/sys/debug/exception-trace
        cd /tmp

        step() {
            local name=$1 status
            shift
            echo "<$name"
            # Not to the console: echo-bench shows its progress on a terminal.
            "$@" >/step 2>&1
            status=$?
            cat /step
            echo ">$name $status"
            return $status
        }
        # Without a server, every wait below would be in vain.
        end() {
            step crashes crashes
            poweroff -f
        }
        within_time() {
            local try
            for try in $(seq 1200); do
                "$@" && return
                usleep 50000
            done
            echo "in vain: $*"
            return 1
        }
        start() {
            echo-server "$@" --port-file port >log 2>&1 &
            server=$!
            within_time [ -e port ]
        }
        stop() {
            kill "$server"
            wait "$server"
        }
        text() { printf 'hello\nq\n' | echo-client 127.0.0.1 "$1"; }
        raw() {
            seq 50000 >in
            echo-client --raw --verify 127.0.0.1 9190 <in >out && cmp in out
        }
        rights() {
            local word
            for word in Uid Gid Threads NoNewPrivs Seccomp CapPrm CapEff CapInh CapAmb; do
                grep "^$word:" "/proc/$1/status"
            done
        }
        has_child() { child=$(cat "/proc/$server/task/$server/children") && [ -n "$child" ]; } 2>/dev/null
        all_removed() { [ "$(grep -c '^removed proc id: [0-9]*$' log)" -eq "$(grep -c '^new client' log)" ]; }
        # Without those of the kernel.
        processes() { ps -o stat,comm | grep -v '^[A-Y]W'; }
        crashes() { dmesg | grep -E 'segfault|unhandled|type=1326|Oops' || true; }

        step kernel uname -r
        step page grep -m 1 KernelPageSize /proc/self/smaps
        step version echo-server --version || end
        step start start 9190 || end
        step text text 9190
        step raw raw
        step connect echo-bench connect 127.0.0.1 9190 --connections 4 --count 300 --timeout 60
        step hold echo-bench hold 127.0.0.1 9190 --connections 100 --duration 1 --timeout 60

        # A client that waits, so that the server has a child.
        within_time all_removed
        mkfifo input
        echo-client 127.0.0.1 9190 <input &
        client=$!
        exec 3>input
        within_time has_child
        step parent rights "$server"
        step child rights $child
        exec 3>&-
        wait "$client"

        step removed within_time all_removed
        step processes processes
        step stop stop
        step log tail -n 1 log
        step files ls
        step user-start start 90 --user nobody
        step user rights "$server"
        step user-text text 90
        step user-stop stop
        step user-log cat log
        end
        """;

    private const string InitialFiles = """
        set -eu
        cd "$1"
        mkdir -p root/bin root/dev root/etc root/proc root/tmp
        chmod 1777 root/tmp
        cp "$2" root/bin/busybox
        cp "$3" root/bin/echo-native
        for name in echo-server echo-client echo-bench; do
            ln -s echo-native "root/bin/$name"
        done
        echo 'nobody:x:65534:65534::/:/bin/sh' >root/etc/passwd
        echo 'nogroup:x:65534:' >root/etc/group
        cp init root/init
        chmod 755 root/init
        cd root
        find . | cpio --quiet --create --format=newc --owner=0:0 >../initrd
        """;

    /// <summary>Boots it, and waits until it is switched off.</summary>
    /// <param name="folder">The folder of the kernel below artifacts/platforms/kernels.</param>
    /// <param name="binary">The program for its processor.</param>
    /// <param name="qemu">QEMU's program and options for its processor.</param>
    /// <param name="console">The kernel's name of the serial port.</param>
    protected VirtualMachine(string folder, string binary, string[] qemu, string console)
    {
        ArgumentNullException.ThrowIfNull(qemu);
        string kernel = Path.Combine(Binary.Root, "artifacts/platforms/kernels", folder);
        using ScratchFolder scratch = new();
        File.WriteAllText(scratch["init"], Init + "\n");
        _ = ToolRun.Check("sh", "-c", InitialFiles, "sh", scratch.Path, Path.Combine(kernel, "busybox"), binary);
        string[] machine =
        [
            .. qemu[1..], "-accel", "tcg,thread=multi", "-smp", "2", "-m", "512", "-nodefaults", "-no-reboot",
            "-display", "none", "-serial", "stdio", "-kernel", Path.Combine(kernel, "vmlinuz"), "-initrd", scratch["initrd"],
            "-append", $"console={console} panic=-1 quiet loglevel=2",
        ];
        using RunningProgram program = new(qemu[0], machine);
        EndedInTime = Deadline.Holds(() => program.HasExited, s_deadline);
        Console = (program.Output + program.Error).Replace("\r", "", StringComparison.Ordinal);
    }

    /// <summary>Whether the machine was switched off.</summary>
    public bool EndedInTime { get; }

    /// <summary>All that kernel and script printed.</summary>
    public string Console { get; }

    /// <summary>What a step of the script printed. The test fails if its exit status was not 0.</summary>
    public string Output(string step)
    {
        Match match = Regex.Match(Console, $@"^<{step}\n(.*?)^>{step} (\d+)$", RegexOptions.Multiline | RegexOptions.Singleline);
        return match.Success && match.Groups[2].Value == "0"
            ? match.Groups[1].Value
            : throw new InvalidOperationException(
                $"step {step} {(match.Success ? "has the exit status " + match.Groups[2].Value : "did not run to its end")}");
    }
}
