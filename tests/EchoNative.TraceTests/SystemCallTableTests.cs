using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>The table of system calls agrees with itself, and every row does what it says.</summary>
public sealed class SystemCallTableTests
{
    private static readonly string[] s_accepted =
        ["1 socket(AF_INET, SOCK_STREAM, 0) = 3", "1 listen(3, 5) = 0", "1 accept(3, NULL, NULL) = 4"];

    public static TheoryData<string> Transfers { get; } = [.. NamesOf(row => row.Action == CallAction.Transfer)];

    public static TheoryData<string> Waits { get; } = [.. NamesOf(row => row.Sleep == SleepKind.UntilEvent)];

    [Fact]
    public void Each_call_is_in_one_row()
    {
        List<string> names = [.. NamesOf(_ => true)];
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void A_call_that_sleeps_takes_effect_when_it_returns() =>
        Assert.All(SystemCallTable.Rows.Where(row => row.Sleep != SleepKind.None), row =>
            Assert.Equal(CallEffect.AtReturn, row.Effect));

    [Fact]
    public void Only_calls_that_take_something_away_or_make_a_process_take_effect_when_they_begin() => Assert.Equal(
        [
            CallAction.Fork, CallAction.ExitThread, CallAction.ExitProcess, CallAction.Shutdown, CallAction.Close,
            CallAction.CloseRange,
        ],
        SystemCallTable.Rows.Where(row => row.Effect == CallEffect.AtBegin).Select(row => row.Action).Order());

    [Fact]
    public void Data_is_moved_by_transfers_and_by_no_other_call() => Assert.All(
        SystemCallTable.Rows,
        row => Assert.Equal(
            row.Action == CallAction.Transfer,
            row.Descriptors.Any(argument => argument.Use is DescriptorUse.Read or DescriptorUse.Written)));

    [Fact]
    public void Closing_and_duplicating_is_no_use() => Assert.All(
        SystemCallTable.Rows.Where(row =>
            row.Action is CallAction.Close or CallAction.CloseRange or CallAction.Duplicate or CallAction.Control),
        row => Assert.DoesNotContain(row.Descriptors, argument => argument.IsUse));

    [Theory]
    [MemberData(nameof(Transfers))]
    public void Every_transfer_is_a_use_and_draws_a_mark(string name)
    {
        CallRow row = SystemCallTable.Find(name);
        foreach (DescriptorArgument moved in row.Descriptors.Where(argument => argument.IsUse))
        {
            string[] arguments = ["9", "9", "9"];
            foreach (DescriptorArgument array in row.Descriptors.Where(argument => argument.Form == ArgumentForm.MessageArray))
            {
                arguments[array.Index] = "[{msg_hdr={}, msg_len=1}]";
            }

            arguments[moved.Index] = "4";
            History history = TestLog.Replay([.. s_accepted, $"1 {name}({string.Join(", ", arguments)}) = 1"]);
            Step step = Assert.Single(history.Steps, step => step.On?.Number == 4);
            Assert.Equal(
                (moved.Use == DescriptorUse.Read ? StepKind.Read : StepKind.Write, "1", false),
                    (step.Kind, step.Detail, step.Failed));
            Assert.Contains(4, CallArguments.UsedDescriptors((SystemCall)step.Source));
        }
    }

    [Theory]
    [MemberData(nameof(Waits))]
    public void Every_wait_is_sleep_and_shows_that_the_process_has_no_other_work(string name)
    {
        History history = TestLog.Replay($"1 {name}(0) = 1", "1 getpid() = 1");
        Assert.Equal(name, Assert.Single(history.Processes[0].Sleeps).Call.Name);
        Assert.True(CallArguments.IsWait(history.Processes[0].Sleeps[0].Call));
    }

    [Theory]
    [InlineData("2 sendfile64(4, 5, NULL, 9) = 9")]
    [InlineData("2 pwritev2(4, [], 0, -1, 0) = 0")]
    [InlineData("2 vmsplice(4, [], 0, 0) = 0")]
    [InlineData("2 ppoll_time64([{fd=4, events=POLLIN}], 1, NULL, [], 8) = 1")]
    [InlineData("2 pselect6_time64(5, [4], NULL, NULL, NULL, NULL) = 1")]
    public void A_child_that_uses_its_connection_by_a_rare_call_is_without_fault(string call) => Assert.Empty(TestLog.Faults(
        [
            .. s_accepted, "1 clone(flags=SIGCHLD) = 2", "1 close(4) = 0", "2 close(3) = 0", call, "2 close(4) = 0",
            "2 exit_group(0) = ?", "2 +++ exited with 0 +++", "1 --- SIGCHLD {si_pid=2} ---", "1 wait4(-1, NULL, 0, NULL) = 2",
            "1 close(3) = 0",
        ]));

    [Theory]
    [InlineData("sigsuspend([]) = ? ERESTARTNOHAND (To be restarted)", true)]
    [InlineData("waitpid(-1, NULL, 0) = 2", true)]
    [InlineData("waitpid(-1, NULL, WNOHANG) = 2", false)]
    [InlineData("futex(0x7f, FUTEX_WAIT, 0, NULL) = 0", false)]
    public void A_parent_that_waits_before_it_closes_the_connection_is_reported(string call, bool isFault) => Assert.Equal(
        isFault ? [4] : [],
        TestLog.Faults(
            [
                .. s_accepted, "1 clone(flags=SIGCHLD) = 2", "2 close(3) = 0", """2 read(4, "a", 9) = 1""", $"1 {call}",
                "1 close(4) = 0", "2 close(4) = 0", "1 close(3) = 0",
            ])
            .Select(fault => fault.Descriptor?.Number ?? -1));

    [Fact]
    public void The_bytes_of_several_messages_are_added()
    {
        const string Messages =
            """[{msg_hdr={msg_iov=[{iov_base="msg_len=99}", iov_len=11}]}, msg_len=2}, {msg_hdr={}, msg_len=3}, {msg_hdr={}}]""";
        History history = TestLog.Replay(
            [.. s_accepted, $"1 recvmmsg(4, {Messages}, 3, 0, NULL) = 2", $"1 sendmmsg(4, {Messages}, 3, 0) = 2"]);
        Assert.Equal(["5", "5"], history.Steps.Where(step => step.On?.Number == 4).Select(step => step.Detail));
    }

    [Fact]
    public void Descriptors_come_in_several_messages_and_never_from_what_a_client_sent()
    {
        History history = TestLog.Replay(
            [
                .. s_accepted,
                """1 recvmsg(4, {msg_iov=[{iov_base="cmsg_type=SCM_RIGHTS, cmsg_data=[8]", iov_len=35}]}, 0) = 35""",
                "1 recvmsg(4, {msg_control=[{cmsg_type=SCM_SECURITY, cmsg_data=[7]}]}, 0) = 1",
                "1 recvmmsg(4, [{msg_hdr={msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[9]}]}, msg_len=1}], 1, 0, NULL) = 1",
            ]);
        Assert.Equal([3, 4, 9], history.Processes[0].Table.All.Select(one => one.Number).Where(number => number > 2));
    }

    [Theory]
    [InlineData("1 recvmsg(7, {}, 0) = 5", FileKindName.Socket)]
    [InlineData("1 sendmsg(7, {}, 0) = 5", FileKindName.Socket)]
    [InlineData("1 recvfrom(7, NULL, 9, 0, NULL, NULL) = 5", FileKindName.Socket)]
    [InlineData("1 sendto(7, NULL, 9, 0, NULL, 0) = 5", FileKindName.Socket)]
    [InlineData("1 recvmmsg(7, [], 1, 0, NULL) = 0", FileKindName.Socket)]
    [InlineData("1 sendmmsg(7, [], 1, 0) = 0", FileKindName.Socket)]
    [InlineData("1 bind(7, NULL, 16) = -1 EADDRINUSE (Address already in use)", FileKindName.Socket)]
    [InlineData("1 connect(7, NULL, 16) = -1 ECONNREFUSED (Connection refused)", FileKindName.Socket)]
    [InlineData("1 listen(7, 5) = -1 EADDRINUSE (Address already in use)", "ListeningSocket")]
    [InlineData("1 shutdown(7, SHUT_WR) = 0", "ConnectedSocket")]
    [InlineData("1 setsockopt(7, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0", FileKindName.Socket)]
    [InlineData("1 getpeername(7, 0x7f, [16]) = -1 ENOTSOCK (Socket operation on non-socket)", FileKindName.Other)]
    public void In_a_log_that_begins_late_a_call_shows_that_a_descriptor_is_a_socket(string call, string kind) =>
        Assert.Equal(kind, TestLog.Replay(call).Processes[0].Table.Find(7)?.File.Kind.ToString());

    [Fact]
    public void Signalfd_makes_a_descriptor_or_changes_the_one_that_it_is_given()
    {
        History history = TestLog.Replay("1 signalfd4(-1, [CHLD], 8, 0) = 3", "1 signalfd4(3, [CHLD TERM], 8, 0) = 3");
        Assert.Null(Assert.Single(history.Processes[0].Descriptors, one => one.Number == 3).Closed);
    }

    /// <summary>
    /// A test that walks over the table does not notice that a call is missing from it. So the names that must be there stand
    /// here: the calls of Linux on x86-64, and the older and 32-bit names of some of them.
    /// </summary>
    [Fact]
    public void The_calls_that_sleep_use_make_or_close_descriptors_are_known()
    {
        AssertKnown(
            "wait4 waitpid waitid pause sigsuspend rt_sigsuspend rt_sigtimedwait nanosleep clock_nanosleep restart_syscall "
                + "poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2",
            row => row.Sleep == SleepKind.UntilEvent);
        AssertKnown("futex", row => row.Sleep == SleepKind.UntilUnlocked);
        AssertKnown(
            "accept accept4 read readv preadv2 recv recvfrom recvmsg recvmmsg splice tee",
            row => row.Sleep == SleepKind.UntilReady);
        AssertKnown(
            "read readv pread64 preadv preadv2 recv recvfrom recvmsg recvmmsg write writev pwrite64 pwritev pwritev2 vmsplice "
                + "send sendto sendmsg sendmmsg sendfile sendfile64 splice tee copy_file_range",
            row => row.Action == CallAction.Transfer);
        AssertKnown(
            "poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2 epoll_ctl bind listen connect accept accept4 "
                + "shutdown",
            row => row.Descriptors.Any(argument => argument.IsUse));
        AssertKnown(
            "open creat openat openat2 open_tree memfd_create memfd_secret userfaultfd eventfd eventfd2 timerfd_create "
                + "epoll_create epoll_create1 inotify_init inotify_init1 fanotify_init mq_open pidfd_open pidfd_getfd "
                + "perf_event_open open_by_handle_at io_uring_setup signalfd signalfd4 pipe pipe2 socketpair socket",
            row => row.Action is CallAction.Make or CallAction.MakePair or CallAction.MakeSocket);
        AssertKnown("dup dup2 dup3", row => row.Action == CallAction.Duplicate);
        AssertKnown("fcntl ioctl", row => row.Action == CallAction.Control);
        AssertKnown("close close_range", row => row.Action is CallAction.Close or CallAction.CloseRange);
        AssertKnown(
            "getsockname getpeername getsockopt setsockopt",
            row => row.Descriptors.Any(argument => argument is { Use: DescriptorUse.Named, Implies: FileKind.Socket }));
    }

    [Theory]
    [InlineData("splice(4, NULL, 5, NULL, 9, 0)", "Read 4, Write 5")]
    [InlineData("tee(4, 5, 9, 0)", "Read 4, Write 5")]
    [InlineData("copy_file_range(4, NULL, 5, NULL, 9, 0)", "Read 4, Write 5")]
    [InlineData("sendfile(5, 4, NULL, 9)", "Write 5, Read 4")]
    public void A_call_with_two_descriptors_reads_from_one_and_writes_to_the_other(string call, string steps)
    {
        History history = TestLog.Replay([.. s_accepted, "1 accept(3, NULL, NULL) = 5", $"1 {call} = 9"]);
        Assert.Equal(
            steps,
            string.Join(
                ", ", history.Steps.Where(step => step.On?.Number > 3).Select(step => $"{step.Kind} {step.On?.Number}")));
    }

    [Theory]
    [InlineData("""open("/etc/hosts", O_RDONLY)""")]
    [InlineData("""creat("/etc/hosts", 0600)""")]
    [InlineData("""openat(AT_FDCWD, "/etc/hosts", O_RDONLY)""")]
    [InlineData("""openat2(AT_FDCWD, "/etc/hosts", {flags=O_RDONLY, resolve=0}, 24)""")]
    public void A_file_has_the_name_of_its_path(string call) =>
        Assert.Equal("/etc/hosts", TestLog.Replay($"1 {call} = 3").Processes[0].Table.Find(3)?.File.Name);

    [Theory]
    [InlineData("""execve("/usr/bin/cat", ["cat"], 0x1)""")]
    [InlineData("""execveat(AT_FDCWD, "/usr/bin/cat", ["cat"], 0x1, 0)""")]
    public void A_process_has_the_name_of_the_program_that_it_executes(string call) =>
        Assert.Equal("cat", TestLog.Replay($"1 {call} = 0", "1 getpid() = 1").Processes[0].Program);

    [Theory]
    [InlineData("pipe([3, 4])", "Pipe")]
    [InlineData("pipe2([3, 4], O_CLOEXEC)", "Pipe")]
    [InlineData("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4])", "PairSocket")]
    public void A_pair_is_two_descriptors_of_its_kind(string call, string kind) => Assert.Equal(
        [(3, kind), (4, kind)],
        TestLog.Replay($"1 {call} = 0").Processes[0].Table.All
            .Where(one => one.Number > 2)
            .Select(one => (one.Number, one.File.Kind.ToString())));

    private static void AssertKnown(string names, System.Func<CallRow, bool> condition) =>
        Assert.Empty(names.Split(' ').Except(NamesOf(condition)));

    private static IEnumerable<string> NamesOf(System.Func<CallRow, bool> condition) =>
        SystemCallTable.Rows.Where(condition).SelectMany(row => row.Names);

    // The theory's parameters are public and the enum is not.
    private static class FileKindName
    {
        public const string Socket = nameof(FileKind.Socket);
        public const string Other = nameof(FileKind.Other);
    }
}
