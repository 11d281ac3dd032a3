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
                "1 recvmmsg(4, [{msg_hdr={msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[9]}]}, msg_len=1}], 1, 0, NULL) = 1",
            ]);
        Assert.Equal([3, 4, 9], history.Processes[0].Table.All.Select(one => one.Number).Where(number => number > 2));
    }

    [Theory]
    [InlineData("1 recvmsg(7, {}, 0) = 5", FileKindName.Socket)]
    [InlineData("1 sendmsg(7, {}, 0) = 5", FileKindName.Socket)]
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

    private static IEnumerable<string> NamesOf(System.Func<CallRow, bool> condition) =>
        SystemCallTable.Rows.Where(condition).SelectMany(row => row.Names);

    // The theory's parameters are public and the enum is not.
    private static class FileKindName
    {
        public const string Socket = nameof(FileKind.Socket);
        public const string Other = nameof(FileKind.Other);
    }
}
