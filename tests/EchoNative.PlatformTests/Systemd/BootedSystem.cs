using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Systemd;

/// <summary>
/// A Debian system in a container, with systemd as its first process. It contains what `make install` installs, and the
/// socket unit is enabled. All tests use one boot.
/// </summary>
public sealed class BootedSystem : IDisposable
{
    private const string Service = "echo-server.service";

    // $1: the root file system as a tarball. $2: what is added to it. $3: an empty folder. The script runs in namespaces of its
    // own: its mounts and processes end with it.
    private const string Boot = """
        set -eu
        mount -t tmpfs tmpfs /run
        mount -t tmpfs tmpfs "$3"
        tar -xf "$1" -C "$3"
        cp -a "$2/." "$3"
        systemctl --quiet --root="$3" enable echo-server.socket

        # Version 2 of control groups, also where the machine mounts version 1 or both.
        ! mountpoint --quiet /sys/fs/cgroup || umount --lazy /sys/fs/cgroup
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/${3##*/}
        mkdir "$group"
        echo 0 >"$group/cgroup.procs" # 0 stands for the process that writes
        exec systemd-nspawn --directory="$3" --boot --register=no --keep-unit --private-network --console=read-only \
            --resolv-conf=off --timezone=off systemd.show_status=no
        """;

    // $1: the folder of the boot. It fails while a process is left in the control group.
    private const string RemoveControlGroup = """
        mount -t cgroup2 cgroup2 "$1"
        group=$1$(sed -n 's/^0:://p' /proc/self/cgroup)/${1##*/}
        [ ! -e "$group" ] || find "$group" -depth -type d -exec rmdir {} +
        """;

    // The console shows the journal, and no message is dropped because there are many.
    private const string JournalSettings = """
        [Journal]
        ForwardToConsole=yes
        RateLimitBurst=0

        """;

    private readonly ScratchFolder _folder = new();
    private readonly string _mountPoint;
    private readonly RunningProgram _container;

    public BootedSystem()
    {
        string added = _folder["added"];
        _mountPoint = Directory.CreateDirectory(_folder[Path.GetFileName(_folder.Path)]).FullName;
        _ = ToolRun.Check("make", "--no-print-directory", "install", $"DESTDIR={added}", "PREFIX=/usr");
        string settings = Directory.CreateDirectory(Path.Combine(added, "etc/systemd/journald.conf.d")).FullName;
        File.WriteAllText(Path.Combine(settings, "test.conf"), JournalSettings);
        _container = new RunningProgram(
            "unshare",
            [
                "--mount",
                "--propagation",
                "private",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                "-c",
                Boot,
                "bash",
                Path.Combine(Binary.Root, "artifacts/platforms/systemd.tar"),
                added,
                _mountPoint,
            ]);
        try
        {
            WaitForBoot();
        }
        catch
        {
            // Nobody else can dispose of an object that was not made.
            Dispose();
            throw;
        }
    }

    /// <summary>The container's systemd.</summary>
    public int FirstProcess { get; private set; }

    /// <summary>The console, which has the journal, until now.</summary>
    public string Console => _container.Output;

    /// <summary>The server, which systemd has started.</summary>
    public int Server => ProcessTable.ChildrenOf(FirstProcess).Single(id => HasName(id, "echo-server"));

    /// <summary>Starts a program in the container.</summary>
    public RunningProgram Start(params IEnumerable<string> command) => new("nsenter", InContainer(command));

    /// <summary>Runs a program in the container.</summary>
    public ToolRun Run(params IEnumerable<string> command) => ToolRun.Run("nsenter", InContainer(command));

    /// <summary>Runs a program in the container. The test fails if the exit status is not 0.</summary>
    /// <returns>Its standard output.</returns>
    public string Check(params IEnumerable<string> command) => ToolRun.Check("nsenter", InContainer(command));

    /// <summary>A property of the service, such as <c>ActiveState</c>; see systemctl(1), show.</summary>
    public string Show(string property) => Check("systemctl", "show", "--value", "--property", property, Service).Trim();

    /// <summary>Waits until a property of the service has a value.</summary>
    public void WaitFor(string property, string value) =>
        Deadline.WaitUntil(() => Show(property) == value, $"{property} is {value}", () => $"it is {Show(property)}");

    /// <summary>Starts, stops or restarts the service, and waits until that is done.</summary>
    public void Control(string verb)
    {
        // Systemd allows only a few starts in a row.
        _ = Run("systemctl", "reset-failed", Service);
        _ = Check("systemctl", verb, Service);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _container.Dispose();
        Deadline.WaitUntil(
            () => ToolRun.Run("unshare", "--mount", "bash", "-c", RemoveControlGroup, "bash", _mountPoint).ExitStatus == 0,
            "the container has ended");
        _folder.Dispose();
    }

    private string[] InContainer(IEnumerable<string> command) => ["--all", "--target", $"{FirstProcess}", .. command];

    private void WaitForBoot()
    {
        Deadline.WaitUntil(() => _container.HasExited || TryFindFirstProcess(), "systemd starts", () => _container.Transcript);
        Deadline.WaitUntil(
            () => _container.HasExited || Run("systemctl", "is-active", "multi-user.target").ExitStatus == 0,
            "the system is up",
            () => _container.Transcript);
        Assert.False(_container.HasExited, _container.Transcript);
    }

    private bool TryFindFirstProcess()
    {
        FirstProcess = ProcessTable.DescendantsOf(_container.Id).FirstOrDefault(id => HasName(id, "systemd"));
        return FirstProcess != 0;
    }

    private static bool HasName(int process, string name)
    {
        try
        {
            return ProcessTable.StatusOf(process, "Name") == name;
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }
}
