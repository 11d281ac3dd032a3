using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using EchoNative.Posix;
using EchoNative.Server;

namespace EchoNative.UnitTests;

/// <summary>The result of the server's filter for every system call number. The filter is interpreted, not installed.</summary>
public sealed unsafe class ServerSandboxTests
{
    private const uint Arm = 0x40000028; // AUDIT_ARCH_ARM and AUDIT_ARCH_I386: 32 bits on the same processors
    private const uint I386 = 0x40000003;
    private const uint X32Bit = 0x40000000;
    private const uint TakenOut = uint.MaxValue;
    private const uint HighestTried = 4096; // the kernel uses less than a tenth of them

    private const ulong ForkFlags = 17; // SIGCHLD

    private static readonly string[] s_unconditional =
    [
        "accept", "close", "exit_group", "getpid", "ppoll", "read", "restart_syscall",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "wait4", "write",
    ];

    private static readonly string[] s_conditional =
    [
        "clock_gettime", "clone", "fcntl", "futex", "kill", "listen", "madvise", "mprotect", "newfstatat", "pipe2", "sendto",
        "setsockopt", "splice", "unlinkat",
    ];

    private static readonly ParentKey s_key = ParentKey.Create();

    public static TheoryData<Architecture> Architectures => [Architecture.X64, Architecture.Arm64];

    private static ulong Key => NumberOf(s_key);

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Of_all_numbers_those_of_its_work_are_allowed_and_no_others(Architecture architecture)
    {
        Libc.sock_filter[] program = ProgramFor(architecture);
        IEnumerable<uint> allowed = s_unconditional.Select(name => NumberOf(name, architecture)).Append(TakenOut);
        IEnumerable<uint> numbers = Enumerable.Range(0, (int)HighestTried).Select(number => (uint)number);
        numbers = [.. numbers, .. numbers.Select(number => number | X32Bit), .. numbers.Select(number => TakenOut - number)];
        Assert.Equal(
            allowed.Order(),
            numbers.Where(number => Allows(program, architecture, number, All(ulong.MaxValue))).Order());
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Those_that_depend_on_an_argument_are_allowed_with_no_other(Architecture architecture)
    {
        Assert.Equal(
            SystemCallNames.All.Keys.Except(["capset", "getdents64", "seccomp"]).Order(),
            s_unconditional.Concat(s_conditional).Order());
        Libc.sock_filter[] program = ProgramFor(architecture);
        AssertOnly(program, architecture, "fcntl", 1, [1031]); // F_SETPIPE_SZ
        AssertOnly(program, architecture, "futex", 1, [128, 137 | 256]); // FUTEX_WAIT_PRIVATE, and with a bit set and a clock
        AssertOnly(program, architecture, "madvise", 2, [17]); // MADV_DODUMP
        AssertOnly(program, architecture, "mprotect", 2, [3]); // PROT_READ | PROT_WRITE, and never PROT_EXEC
        AssertOnly(program, architecture, "clock_gettime", 0, [0, 1]); // CLOCK_REALTIME and CLOCK_MONOTONIC
        AssertOnly(program, architecture, "pipe2", 1, [0]); // no flags
        AssertOnly(program, architecture, "sendto", 4, [0]); // no address
        uint sendto = NumberOf("sendto", architecture);
        Assert.False(Allows(program, architecture, sendto, [0, 0, 0, 0, 1UL << 32]));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_capacity_of_a_standard_stream_stays_as_it_is(Architecture architecture)
    {
        Libc.sock_filter[] program = ProgramFor(architecture);
        uint fcntl = NumberOf("fcntl", architecture);
        ulong command = Libc.F_SETPIPE_SZ;
        Assert.Equal([3UL, 4, 1000], new ulong[] { 0, 1, 2, 3, 4, 1000 }.Where(
            descriptor => Allows(program, architecture, fcntl, [descriptor, command, 1 << 20])));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Bytes_are_spliced_without_an_offset_only(Architecture architecture)
    {
        Libc.sock_filter[] program = ProgramFor(architecture);
        uint splice = NumberOf("splice", architecture);
        Assert.True(Allows(program, architecture, splice, [4, 0, 5, 0, 65536, 0]));
        for (int bit = 0; bit < 64; bit++)
        {
            Assert.False(Allows(program, architecture, splice, [4, 1UL << bit, 5, 0, 65536, 0]));
            Assert.False(Allows(program, architecture, splice, [4, 0, 5, 1UL << bit, 65536, 0]));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void All_that_only_the_parent_may_do_takes_every_bit_of_the_key(Architecture architecture)
    {
        Libc.sock_filter[] program = ProgramFor(architecture);
        (uint Number, ulong[] Arguments)[] calls =
        [
            (NumberOf("clone", architecture), [ForkFlags, 0, 0, 0, 0]),
            (NumberOf("kill", architecture), [4711, 15, 0, 0, 0]),
            (NumberOf("unlinkat", architecture), [4711, 4711, 0, 0, 0]),
            (NumberOf("newfstatat", architecture), [4711, 4711, 4711, 0x100, 0]),
            (NumberOf("setsockopt", architecture), [3, 1, 26, 4711, 16]),
            (NumberOf("listen", architecture), [3, 0, 4711, 4711, 4711]),
        ];
        foreach ((uint number, ulong[] arguments) in calls)
        {
            Assert.True(Allows(program, architecture, number, [.. arguments, Key]));
            for (int bit = 0; bit < 64; bit++)
            {
                Assert.False(Allows(program, architecture, number, [.. arguments, Key ^ (1UL << bit)]));
            }
        }

        const ulong RemoveFolder = 0x200; // AT_REMOVEDIR
        Assert.False(Allows(program, architecture, calls[2].Number, [4711, 4711, RemoveFolder, 0, 0, Key]));
        Assert.False(Allows(program, architecture, NumberOf("listen", architecture), [3, 1, 0, 0, 0, Key]));
        for (int bit = 0; bit < 64; bit++)
        {
            Assert.False(Allows(program, architecture, calls[0].Number, [ForkFlags ^ (1UL << bit), 0, 0, 0, 0, Key]));
        }
    }

    [Theory]
    [InlineData(Architecture.X64, I386)]
    [InlineData(Architecture.X64, Libc.AUDIT_ARCH_AARCH64)]
    [InlineData(Architecture.X64, 0)]
    [InlineData(Architecture.Arm64, Arm)]
    [InlineData(Architecture.Arm64, Libc.AUDIT_ARCH_X86_64)]
    public void By_the_numbers_of_another_architecture_nothing_is_allowed(Architecture architecture, uint other)
    {
        Libc.sock_filter[] program = ProgramFor(architecture);
        for (uint number = 0; number < HighestTried; number++)
        {
            uint answer = FilterInterpreter.Run(program, other, number, ForkFlags, 0, 0, 0, 0, Key);
            Assert.Equal(Libc.SECCOMP_RET_KILL_PROCESS, answer);
        }
    }

    [Fact]
    public void No_key_is_like_another() => Assert.NotEqual(Key, NumberOf(ParentKey.Create()));

    private static ulong NumberOf(ParentKey key) => key.Halves[0] | ((ulong)key.Halves[1] << 32);

    private static void AssertOnly(
        Libc.sock_filter[] program, Architecture architecture, string name, int place, ulong[] values)
    {
        ulong[] arguments = All(ulong.MaxValue);
        List<ulong> allowed = [];
        for (ulong value = 0; value < 65536; value++)
        {
            arguments[place] = value;
            if (Allows(program, architecture, NumberOf(name, architecture), arguments))
            {
                allowed.Add(value);
            }
        }

        Assert.Equal(values, allowed);
    }

    private static bool Allows(Libc.sock_filter[] program, Architecture architecture, uint number, ulong[] arguments)
    {
        uint own = architecture == Architecture.X64 ? Libc.AUDIT_ARCH_X86_64 : Libc.AUDIT_ARCH_AARCH64;
        uint answer = FilterInterpreter.Run(program, own, number, arguments);
        Assert.True(answer is Libc.SECCOMP_RET_ALLOW or Libc.SECCOMP_RET_KILL_PROCESS, $"{number}: {answer}");
        return answer == Libc.SECCOMP_RET_ALLOW;
    }

    private static ulong[] All(ulong value) => [value, value, value, value, value, value];

    private static uint NumberOf(string name, Architecture architecture) => (uint)SystemCallNames.All[name].On(architecture);

    private static Libc.sock_filter[] ProgramFor(Architecture architecture)
    {
        SystemCallFilter filter = new(s_key, architecture);
        ServerSandbox.AllowWork(filter);
        filter.AllowFileRemovalWithKey();
        filter.Finish();
        return filter.Program.ToArray();
    }
}
