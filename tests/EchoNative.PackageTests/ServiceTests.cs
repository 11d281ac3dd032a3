using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The units for systemd, as they are installed.</summary>
public sealed partial class ServiceTests : IDisposable
{
    private readonly ScratchFolder _root = new();

    // Installed below a prefix that exists on this machine, so that the units name an existing program.
    public ServiceTests() => _ = ToolRun.Check("make", "--no-print-directory", "install", $"PREFIX={_root.Path}");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Systemd_finds_nothing_wrong_with_the_units()
    {
        ToolRun verify = ToolRun.Run("systemd-analyze", "verify", "--man=no", Unit("socket"), Unit("service"));
        Assert.True(verify.ExitStatus == 0 && verify.Output.Length + verify.Error.Length == 0, verify.Transcript);
    }

    [Fact]
    public void The_exposure_of_the_service_is_what_the_readme_says()
    {
        string report = ToolRun.Check("systemd-analyze", "security", "--offline=true", "--no-pager", Unit("service"));
        Match level = ExposureLevel().Match(report);
        Assert.True(level.Success, report);
        string readme = File.ReadAllText(Path.Combine(Binary.Root, "README.md"));
        Assert.Contains($"an exposure of {level.Groups[1].Value}", readme, StringComparison.Ordinal);
        Assert.True(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture) < 1, report);
    }

    /// <summary>
    /// The tests run without a service manager. systemd-socket-activate takes its place: it starts the unit's command
    /// with the socket of the unit. The test looks in the trace for what the unit forbids.
    /// </summary>
    [Fact]
    public void The_service_serves_on_the_socket_it_is_passed_and_does_nothing_that_its_unit_forbids()
    {
        const string Script = """
            strace -f -o trace systemd-socket-activate --listen "$1" $2 >log 2>&1 &
            within_time grep -q Listening log
            for client in 1 2 3; do
                seq 1 2000000 | echo-client --quiet --verify 127.0.0.1 "$1"
            done
            all_removed() { [ "$(grep -c '^removed proc id: [0-9]*$' log)" = 3 ]; }
            within_time all_removed
            kill "$(sed -n 's/^\([0-9]*\) .*/\1/p;q' trace)"
            wait $!
            cat log >&2
            cat trace
            """;
        ToolRun run = Sandbox.Run(Script, Setting("socket", "ListenStream"), Setting("service", "ExecStart"));
        Assert.True(run.ExitStatus == 0, run.Transcript);
        Assert.Contains("listening on [::]:9190", run.Error, StringComparison.Ordinal);

        string[] trace =
            [.. run.Output.Split('\n')
                .SkipWhile(line => !line.Contains($"execve(\"{_root["bin"]}/echo-server\"", StringComparison.Ordinal)).Skip(1)];
        HashSet<string> called =
            [.. trace.Select(line => CallName().Match(line)).Where(match => match.Success)
                .Select(match => match.Groups[1].Value)];
        Assert.Contains("splice", called); // bulk data was among it
        Assert.Empty(called.Except(SystemCallFilter.Allowed(Settings("service", "SystemCallFilter"))));

        Assert.Equal("AF_UNIX", Setting("service", "RestrictAddressFamilies"));
        Assert.DoesNotMatch(@"\bsocket\((?!AF_UNIX)", string.Join('\n', trace));
        Assert.Equal("yes", Setting("service", "MemoryDenyWriteExecute"));
        Assert.DoesNotMatch(@"\b(mmap|pkey_mprotect)\(.*PROT_WRITE\|PROT_EXEC|\bmprotect\(.*PROT_EXEC", string.Join('\n', trace));
        Assert.Equal("strict", Setting("service", "ProtectSystem"));
        Assert.DoesNotMatch(@"\bopen(at)?\([^)]*O_(WRONLY|RDWR|CREAT)(?!.*/dev/)", string.Join('\n', trace));
    }

    private string Unit(string kind) => _root[$"lib/systemd/system/echo-server.{kind}"];

    private string Setting(string kind, string name) => Assert.Single(Settings(kind, name));

    private string[] Settings(string kind, string name) =>
    [
        .. File.ReadLines(Unit(kind)).Where(line => line.StartsWith($"{name}=", StringComparison.Ordinal)).Select(
            line => line[(name.Length + 1)..]),
    ];

    [GeneratedRegex(@"Overall exposure level for echo-server\.service: (\d+\.\d)")]
    private static partial Regex ExposureLevel();

    [GeneratedRegex(@"^\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)")]
    private static partial Regex CallName();
}
