using System;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Kernels;

/// <summary>What the binary does on a kernel, as the first programs that ran there printed it.</summary>
public abstract class KernelTests
{
    private const string RightsInSandbox =
        "NoNewPrivs:\t1\nSeccomp:\t2\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
        + "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n";

    private readonly VirtualMachine _machine;
    private readonly (string Beginning, string End) _release;
    private readonly int _pageSize;

    /// <summary>Before each test; all share one machine.</summary>
    /// <param name="machine">The machine that has run.</param>
    /// <param name="release">How the kernel's release begins and ends.</param>
    /// <param name="pageSize">Its page size in KiB.</param>
    protected KernelTests(VirtualMachine machine, (string Beginning, string End) release, int pageSize)
    {
        _machine = machine;
        _release = release;
        _pageSize = pageSize;
        TestOutput.Write(machine.Console);
    }

    [Fact]
    public void The_kernel_is_the_one_that_was_meant()
    {
        string name = _machine.Output("kernel").TrimEnd();
        Assert.StartsWith(_release.Beginning, name, StringComparison.Ordinal);
        Assert.EndsWith(_release.End, name, StringComparison.Ordinal);
        Assert.Matches($@"^KernelPageSize: +{_pageSize} kB\n$", _machine.Output("page"));
    }

    [Fact]
    public void The_program_starts_and_takes_clients()
    {
        Assert.StartsWith("echo-server ", _machine.Output("version"), StringComparison.Ordinal);
        Assert.Empty(_machine.Output("start"));
    }

    [Fact]
    public void A_line_of_text_comes_back() => Assert.Equal("Message from server: hello\n", _machine.Output("text"));

    [Fact]
    public void Raw_bytes_come_back_unchanged() =>
        Assert.Contains("verified: 288894 bytes", _machine.Output("raw"), StringComparison.Ordinal);

    [Fact]
    public void Three_hundred_clients_that_come_and_go_are_served() =>
        Assert.Matches("(?m)^errors +0$", _machine.Output("connect"));

    [Fact]
    public void A_hundred_clients_at_once_are_served() =>
        Assert.Matches(@"(?m)^held +100 of 100\nerrors +0$", _machine.Output("hold"));

    [Fact]
    public void The_sandbox_is_in_force_in_parent_and_child()
    {
        const string Root = "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n";
        Assert.Equal($"{Root}Threads:\t2\n{RightsInSandbox}", _machine.Output("parent"));
        Assert.Equal($"{Root}Threads:\t1\n{RightsInSandbox}", _machine.Output("child"));
    }

    [Fact]
    public void Every_child_exits_with_0_and_is_removed()
    {
        Assert.Empty(_machine.Output("removed"));
        Assert.Matches(@"(?m)^\S+ +echo-server$", _machine.Output("processes"));
        Assert.DoesNotMatch("(?m)^Z", _machine.Output("processes"));
    }

    [Fact]
    public void The_server_stops_when_it_is_asked_to()
    {
        Assert.Empty(_machine.Output("stop"));
        Assert.Matches(
            @"^summary\.\.\. \d{3} accepted, 0 active, \d+ peak, 0 refused, 0 failed forks, 0 killed, ", _machine.Output("log"));
        Assert.DoesNotContain("port", _machine.Output("files"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_root_started_serves_as_another_user()
    {
        const string Nobody = "65534\t65534\t65534\t65534";
        Assert.Empty(_machine.Output("user-start"));
        Assert.Equal($"Uid:\t{Nobody}\nGid:\t{Nobody}\nThreads:\t2\n{RightsInSandbox}", _machine.Output("user"));
        Assert.Equal("Message from server: hello\n", _machine.Output("user-text"));
        Assert.Empty(_machine.Output("user-stop"));
        Assert.StartsWith("listening on 0.0.0.0:90\n", _machine.Output("user-log"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_program_crashed_and_the_machine_was_switched_off_in_time()
    {
        Assert.Empty(_machine.Output("crashes"));
        Assert.True(_machine.EndedInTime);
    }
}
