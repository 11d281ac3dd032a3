using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// Kernels before Linux 5.9 and containers that refuse close_range(2): what the server was started with is closed one by one.
/// </summary>
public sealed class InheritedDescriptorTests
{
    private const string Trace = "exec strace -f -qq -o /dev/null -e trace=close_range,openat";
    private const string NoProc = "-e inject=openat:error=ENOENT";

    // 7 and 250 are files that the starter has left open. 9 is kept until the port is written.
    public static TheoryData<string> Faults =>
    [
        "-e inject=close_range:error=ENOSYS",
        "-e inject=close_range:error=EPERM",
        $"-e inject=close_range:error=ENOSYS {NoProc}",
        $"-e inject=close_range:error=EPERM {NoProc}",
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_server_and_its_children_have_nothing_that_was_left_open(string fault)
    {
        using ScratchFolder folder = new();
        string command = $"{Trace} {fault} -- \"$0\" --ready-fd 9 \"$@\"";
        string script = $"ulimit -n 300; {command} 7</etc/hostname 250</etc/hostname 9>{folder["ports"]}";
        using RunningServer server = new("bash", ["-c", script, Binary.Server]);
        Assert.Equal($"{server.Port}\n", File.ReadAllText(folder["ports"]));
        using Socket client = server.Connect();
        client.AssertEchoes();
        int parent = server.WaitForChild();
        ProcessTable.WaitForDescriptors(parent, [0, 1, 2, 3]);
        ProcessTable.WaitForDescriptors(Assert.Single(ProcessTable.ChildrenOf(parent)), [0, 1, 2, 4]);
        client.Close();
        server.WaitForRemoved(1);
        RunningProgram.Send(parent, "TERM");
        Assert.Equal(0, server.Program.WaitForExit());
        Assert.Empty(server.Program.Error);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Under_inetd_the_process_has_nothing_that_was_left_open(string fault)
    {
        string script = $"ulimit -n 300; {Trace} {fault} -- \"$0\" --inetd 3</etc/hostname 7</etc/hostname 250</etc/hostname";
        using RunningProgram server = new("bash", ["-c", script, Binary.Server]);
        server.Type("hello");
        Deadline.WaitUntil(() => server.Output == "hello", "the echo arrives", () => server.Transcript);
        ProcessTable.WaitForDescriptors(Assert.Single(ProcessTable.ChildrenOf(server.Id)), [0, 1, 2]);
        server.Input.Close();
        Assert.Equal(0, server.WaitForExit());
    }

    [Fact]
    public void Without_proc_no_number_beyond_65535_is_tried()
    {
        // Only root may raise the limit. The kernel allows a limit of a billion.
        using ScratchFolder folder = new();
        string script = $"""
            cd "$1"
            ulimit -n 70000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
            ulimit -n >limit
            exec strace -f -qq -o trace -e trace=close_range,openat,close -e inject=close_range:error=ENOSYS {NoProc} "$0" 0
            """;
        using RunningServer server = new("bash", ["-c", script, Binary.Server, folder.Path]);
        RunningProgram.Send(server.WaitForChild(), "TERM");
        Assert.Equal(0, server.Program.WaitForExit());
        int limit = int.Parse(File.ReadAllText(folder["limit"]), CultureInfo.InvariantCulture);
        int last = Math.Min(limit, 65_536) - 1;
        string trace = File.ReadAllText(folder["trace"]);
        Assert.Contains($" close({last}) ", trace, StringComparison.Ordinal);
        Assert.DoesNotContain($" close({last + 1}) ", trace, StringComparison.Ordinal);
    }
}
