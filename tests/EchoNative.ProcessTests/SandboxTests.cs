using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>
/// What an attacker can do who has taken over a child. The debugger plays the attacker, so the user of the tests must be
/// allowed to attach to processes, as root is.
/// </summary>
public sealed class SandboxTests
{
    private const string None = "0000000000000000";
    private const string FilterMode = "2"; // see proc_pid_status(5)
    private const long ForkFlags = 17; // SIGCHLD
    private const long CurrentFolder = -100; // AT_FDCWD
    private const long X32Bit = 0x40000000;

    // The numbers on x86-64 and arm64. A call that arm64 lacks has the number of the one that replaced it.
    private static readonly Dictionary<string, (long X64, long Arm64)> s_numbers = new()
    {
        ["open"] = (2, 56),
        ["openat"] = (257, 56),
        ["openat2"] = (437, 437),
        ["socket"] = (41, 198),
        ["connect"] = (42, 203),
        ["bind"] = (49, 200),
        ["sendmsg"] = (46, 211),
        ["execve"] = (59, 221),
        ["execveat"] = (322, 281),
        ["fork"] = (57, 220),
        ["vfork"] = (58, 220),
        ["clone"] = (56, 220),
        ["clone3"] = (435, 435),
        ["kill"] = (62, 129),
        ["tkill"] = (200, 130),
        ["tgkill"] = (234, 131),
        ["rt_sigqueueinfo"] = (129, 138),
        ["pidfd_open"] = (434, 434),
        ["pidfd_send_signal"] = (424, 424),
        ["ptrace"] = (101, 117),
        ["process_vm_writev"] = (311, 271),
        ["prctl"] = (157, 167),
        ["seccomp"] = (317, 277),
        ["mmap"] = (9, 222),
        ["io_uring_setup"] = (425, 425),
        ["bpf"] = (321, 280),
        ["setuid"] = (105, 146),
        ["unlinkat"] = (263, 35),
    };

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static TheoryData<string> Forbidden => [.. s_numbers.Keys];

    [Fact]
    public void Parent_and_child_are_under_a_filter_and_have_no_capability()
    {
        using RunningServer server = new();
        using Socket client = server.Connect();
        client.AssertEchoes();
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        AssertConfined(child);
        Assert.All(ProcessTable.ThreadsOf(server.Program.Id), AssertConfined);
    }

    [Theory]
    [InlineData]
    [InlineData("--sandbox=require")]
    [InlineData("--idle-timeout", "60")]
    public void Under_inetd_the_process_is_under_a_filter_and_has_no_capability(params string[] options)
    {
        using RunningProgram server = new(Binary.Server, ["--inetd", .. options]);
        server.Type("hello");
        Deadline.WaitUntil(() => server.Output == "hello", "the echo arrives", () => server.Transcript);
        Assert.All(ProcessTable.ThreadsOf(server.Id), AssertConfined);
        server.Input.Close();
        Assert.Equal(0, server.WaitForExit());
    }

    [Fact]
    public void Under_inetd_without_a_sandbox_nothing_is_given_up()
    {
        using RunningProgram server = new(Binary.Server, ["--inetd", "--no-sandbox"]);
        server.Type("hello");
        Deadline.WaitUntil(() => server.Output == "hello", "the echo arrives", () => server.Transcript);
        Assert.Equal(("0", "0"), (ProcessTable.StatusOf(server.Id, "Seccomp"), ProcessTable.StatusOf(server.Id, "NoNewPrivs")));
        Assert.Equal(ProcessTable.StatusOf(Environment.ProcessId, "CapEff"), ProcessTable.StatusOf(server.Id, "CapEff"));
    }

    [Theory]
    [InlineData("openat")]
    [InlineData("socket")]
    [InlineData("clone")]
    [InlineData("kill")]
    public void Under_inetd_a_process_that_makes_a_forbidden_call_dies(string call)
    {
        using RunningProgram server = new(Binary.Server, ["--inetd"]);
        server.Type("hello");
        Deadline.WaitUntil(() => server.Output == "hello", "the echo arrives", () => server.Transcript);
        string answer = Debugger.Call(server.Id, NumberOf(call), call == "clone" ? [ForkFlags] : [CurrentFolder]);
        const int KilledBySigsys = 128 + 31;
        Assert.Equal(KilledBySigsys, server.WaitForExit());
        Assert.DoesNotMatch(@"(?m)^result = \d+$", answer);
    }

    [Fact]
    public void With_a_filter_a_server_that_requires_one_serves()
    {
        using RunningServer server = new("--sandbox", "require");
        server.AssertServes();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
        Assert.Empty(server.Program.Error);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("root")]
    public void Parent_and_child_are_under_a_filter_when_the_server_runs_as_another_user(string user)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            using RunningProgram refused = new(Binary.Server, ["--user", user, "0"]);
            Assert.Equal(1, refused.WaitForExit());
            return;
        }

        using RunningServer server = new("--user", user);
        using Socket client = server.Connect();
        client.AssertEchoes();
        AssertConfined(Assert.Single(ProcessTable.ChildrenOf(server.Program.Id)));
        Assert.All(ProcessTable.ThreadsOf(server.Program.Id), AssertConfined);
        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_child_that_makes_a_forbidden_call_dies_and_the_server_lives_on(string call)
    {
        using RunningServer server = new();
        AssertKilledBySystemCall(server, NumberOf(call), call switch
        {
            "openat" => [CurrentFolder],
            "kill" or "tkill" => [server.Program.Id, 15],
            "tgkill" => [server.Program.Id, server.Program.Id, 15],
            "clone" => [ForkFlags],
            _ when IsArm64 && NumberOf(call) == NumberOf("clone") => [ForkFlags],
            _ => [],
        });
    }

    [Theory]
    [InlineData(39)] // getpid, which is allowed by its other number
    [InlineData(0)]
    public void A_child_that_makes_a_call_by_its_x32_number_dies_and_the_server_lives_on(long number)
    {
        using RunningServer server = new();
        AssertKilledBySystemCall(server, number | X32Bit);
    }

    [Fact]
    public void Without_a_sandbox_the_debugger_can_make_a_child_open_a_socket()
    {
        // Proves that in the other tests it is the filter, and not the debugger, that ends the child.
        using RunningServer server = new("--no-sandbox");
        using Socket client = server.Connect();
        client.AssertEchoes();
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.Equal(("0", "0"), (ProcessTable.StatusOf(child, "Seccomp"), ProcessTable.StatusOf(child, "NoNewPrivs")));
        Assert.Equal(ProcessTable.StatusOf(Environment.ProcessId, "CapEff"), ProcessTable.StatusOf(child, "CapEff"));
        string answer = Debugger.Call(child, NumberOf("socket"), 2, 1);
        Assert.Matches(@"(?m)^result = \d+$", answer);
        _ = server.WaitForLine($@"^removed proc id: {child} \(killed by SIGKILL\)$");
    }

    [Fact]
    public void The_key_of_the_parent_is_nowhere_in_the_memory_of_a_child()
    {
        using RunningServer server = new();
        (uint lower, uint upper) = FindKey(server.Program.Id);
        List<Socket> clients = [];
        try
        {
            for (int count = 0; count < 3; count++)
            {
                clients.Add(server.Connect());
                clients[^1].AssertEchoes();
            }

            IReadOnlyList<int> children = ProcessTable.ChildrenOf(server.Program.Id);
            Assert.Equal(3, children.Count);
            foreach (int child in children)
            {
                ProcessMemory memory = new(child);
                Assert.True(memory.Length > 100_000, "the memory was not read");
                Assert.Equal((0, 0), (memory.Count(BitConverter.GetBytes(lower)), memory.Count(BitConverter.GetBytes(upper))));
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public void The_key_of_the_parent_is_in_no_register_when_a_child_begins_its_work()
    {
        using RunningServer server = new();
        (uint lower, uint upper) = FindKey(server.Program.Id);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        string registers = Debugger.RegistersOfNextChild(
            server.Program.Id, "close", () => client.Connect(IPAddress.Loopback, server.Port));
        Assert.Matches(IsArm64 ? @"(?m)^x8 " : @"(?m)^r8 ", registers);
        Assert.DoesNotContain(lower.ToString("x8", CultureInfo.InvariantCulture), registers, StringComparison.Ordinal);
        Assert.DoesNotContain(upper.ToString("x8", CultureInfo.InvariantCulture), registers, StringComparison.Ordinal);
        client.AssertEchoes();
    }

    [Fact]
    public void A_server_that_was_stopped_and_continued_serves_on()
    {
        using RunningServer server = new("--idle-timeout", "1000");
        using Socket first = server.Connect();
        server.WaitForConnected(1);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        for (int times = 0; times < 3; times++)
        {
            foreach (int process in (int[])[server.Program.Id, child])
            {
                RunningProgram.Send(process, "STOP");
                RunningProgram.Send(process, "CONT");
            }

            server.AssertServes();
        }

        first.AssertEchoes();
        first.Close();
        server.WaitForRemoved(4);
        Assert.All(server.RemovedLines, line => Assert.DoesNotContain("(", line, StringComparison.Ordinal));
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void The_parent_allocates_no_memory_for_a_client()
    {
        // The collector would collect after 64 KiB in place of 2 MiB, and read files in /proc, by which the server would end.
        const int AtOnce = 300;
        const int Rounds = 5;
        using RunningServer server = new("env", ["DOTNET_GCgen0size=10000", Binary.Server, "--max-clients", "0"]);
        for (int round = 1; round <= Rounds; round++)
        {
            Socket[] clients = [.. Enumerable.Range(0, AtOnce).Select(_ => server.Connect())];
            server.WaitForConnected(round * AtOnce);
            Array.ForEach(clients, client => client.Dispose());
            server.WaitForRemoved(round * AtOnce);
        }

        Assert.All(server.RemovedLines, line => Assert.DoesNotContain("(", line, StringComparison.Ordinal));
        Assert.Equal(0, server.Stop());
    }

    private static void AssertConfined(int process)
    {
        Assert.Equal(
            (FilterMode, "1"), (ProcessTable.StatusOf(process, "Seccomp"), ProcessTable.StatusOf(process, "NoNewPrivs")));
        string[] sets = ["CapInh", "CapPrm", "CapEff", "CapAmb"];
        Assert.All(sets, set => Assert.Equal(None, ProcessTable.StatusOf(process, set)));

        // The bounding set stays as the server was started with. NoNewPrivs makes it harmless.
        Assert.Equal(ProcessTable.StatusOf(Environment.ProcessId, "CapBnd"), ProcessTable.StatusOf(process, "CapBnd"));
    }

    private static void AssertKilledBySystemCall(RunningServer server, long number, params ReadOnlySpan<long> arguments)
    {
        using Socket client = server.Connect();
        client.AssertEchoes();
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        string answer = Debugger.Call(child, number, arguments);
        Assert.Contains("SIGSYS", answer, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^result = \d+$", answer);
        _ = server.WaitForLine($@"^removed proc id: {child} \(killed by SIGSYS\)$");
        server.AssertServes();
        Assert.Equal(0, server.Stop());
    }

    private static long NumberOf(string call) => IsArm64 ? s_numbers[call].Arm64 : s_numbers[call].X64;

    /// <summary>The key as it stands in the filter of the parent, which compares the sixth argument with its halves.</summary>
    private static (uint Lower, uint Upper) FindKey(int parent)
    {
        byte[] program = new ProcessMemory(parent).Find(
            length: 32,
            candidate =>
                IsInstruction(candidate, 0x20, 56) && IsComparison(candidate[8..])
                && IsInstruction(candidate[16..], 0x20, 60) && IsComparison(candidate[24..])
                && BitConverter.ToUInt32(candidate[12..]) != 0);
        return (BitConverter.ToUInt32(program.AsSpan(12)), BitConverter.ToUInt32(program.AsSpan(28)));
    }

    private static bool IsInstruction(ReadOnlySpan<byte> bytes, ushort code, uint number) =>
        BitConverter.ToUInt16(bytes) == code && BitConverter.ToUInt32(bytes[4..]) == number;

    private static bool IsComparison(ReadOnlySpan<byte> bytes) => BitConverter.ToUInt16(bytes) == 0x15;
}
