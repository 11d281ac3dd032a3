using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Findings;

namespace EchoNative.TraceTests;

/// <summary>What is a fault and what is not, line by line.</summary>
public sealed class FindingTests
{
    private static readonly string[] s_listening = ["1 socket(AF_INET, SOCK_STREAM, 0) = 3", "1 listen(3, 5) = 0"];

    private static readonly string[] s_accepted = [.. s_listening, "1 accept(3, NULL, NULL) = 4", "1 clone(flags=SIGCHLD) = 2"];

    private static readonly string[] s_removed = ["2 exit_group(0) = ?", "2 +++ exited with 0 +++",
        "1 --- SIGCHLD {si_pid=2} ---", "1 wait4(-1, NULL, 0, NULL) = 2"];

    [Fact]
    public void Who_closes_what_it_does_not_need_is_without_fault() => Assert.Empty(TestLog.Faults(
        [.. s_accepted, "2 close(3) = 0", "1 close(4) = 0", """2 read(4, "a", 9) = 1""",
            "1 accept(3, NULL, NULL) = -1 EAGAIN (no)", "2 close(4) = 0", .. s_removed, "1 close(3) = 0"]));

    [Fact]
    public void A_child_that_keeps_the_listening_socket_is_told()
    {
        Finding finding = Assert.Single(TestLog.Faults([.. s_accepted, "1 close(4) = 0", """2 read(4, "a", 9) = 1""",
            "2 close(4) = 0", .. s_removed]));
        Assert.Equal((FindingKind.UnusedDescriptor, 2, 3), (finding.Kind, finding.Process.Id, finding.Descriptor?.Number));
        Assert.Contains("child 2 never uses descriptor 3 (listening socket)", finding.Text, default);
    }

    [Fact]
    public void A_child_that_serves_first_and_closes_the_listening_socket_then_is_told()
    {
        Finding finding = Assert.Single(TestLog.Faults(
            [.. s_accepted, "1 close(4) = 0", """2 read(4, "a", 9) = 1""", "2 close(3) = 0", "2 close(4) = 0", .. s_removed]));
        Assert.Contains("closed late", finding.Text, default);
    }

    [Fact]
    public void A_parent_that_keeps_the_connected_socket_is_told()
    {
        Finding finding = Assert.Single(TestLog.Faults([.. s_accepted, "2 close(3) = 0", """2 read(4, "a", 9) = 1""",
            "2 close(4) = 0", .. s_removed]));
        Assert.Equal((FindingKind.UnusedDescriptor, 1, 4), (finding.Kind, finding.Process.Id, finding.Descriptor?.Number));
        Assert.Contains("the peer does not see the end", finding.Text, default);
    }

    [Theory]
    [InlineData("1 accept(3, NULL, NULL) = -1 EAGAIN (no)")]
    [InlineData("1 ppoll([{fd=3, events=POLLIN}], 1, NULL, [], 8) = 0 (Timeout)")]
    [InlineData("1 pselect6(4, [3], NULL, NULL, NULL, NULL) = 0")]
    [InlineData("1 pause() = ? ERESTARTNOHAND (To be restarted)")]
    public void A_parent_that_turns_away_before_it_closes_the_connected_socket_is_told(string call) =>
        Assert.Equal(4, Assert.Single(TestLog.Faults(
            [.. s_accepted, "2 close(3) = 0", call, "1 close(4) = 0", """2 read(4, "a", 9) = 1""", "2 close(4) = 0",
                .. s_removed])).Descriptor?.Number);

    [Fact]
    public void A_descriptor_that_was_used_by_way_of_a_duplicate_was_used() => Assert.Empty(TestLog.Faults(
        [.. s_accepted, "1 close(4) = 0", "2 close(3) = 0", "2 dup2(4, 0) = 0", """2 read(0, "a", 9) = 1""", .. s_removed]));

    [Fact]
    public void Workers_that_share_a_listening_socket_with_the_parent_that_made_it_are_without_fault() =>
        Assert.Empty(TestLog.Faults(
        [.. s_listening, "1 clone(flags=SIGCHLD) = 2", "2 accept(3, NULL, NULL) = 4", "1 pause() = ? ERESTARTNOHAND (no)",
            .. s_removed]));

    [Fact]
    public void The_connection_of_an_earlier_client_in_a_later_child_is_told()
    {
        IEnumerable<Finding> faults = TestLog.Faults(
            [
                .. s_accepted, "2 close(3) = 0", """2 read(4, "a", 9) = 1""", "1 accept(3, NULL, NULL) = 5",
                "1 clone(flags=SIGCHLD) = 6",
                "6 close(3) = 0", """6 read(5, "a", 9) = 1""", "6 exit_group(0) = ?", "6 +++ exited with 0 +++",
                "1 --- SIGCHLD {si_pid=6} ---",
                "1 wait4(-1, NULL, 0, NULL) = 6", .. s_removed,
            ]);
        Assert.Equal([(1, 4), (6, 4), (1, 5)], faults.Select(fault => (fault.Process.Id, fault.Descriptor?.Number ?? -1)));
    }

    [Theory]
    [InlineData("1 pause() = ? ERESTARTNOHAND (no)", "has not waited for it when the log ends")]
    [InlineData("1 +++ exited with 0 +++", "a zombie until its parent 1 ends")]
    public void A_zombie_that_stays_is_told(string end, string words)
    {
        Finding finding = Assert.Single(TestLog.Faults("1 clone(flags=SIGCHLD) = 2", "2 +++ exited with 0 +++",
            "1 --- SIGCHLD {si_pid=2} ---", end));
        Assert.Equal((FindingKind.UnremovedZombie, 2), (finding.Kind, finding.Child?.Id));
        Assert.Contains(words, finding.Text, default);
    }

    [Theory]
    [InlineData("1 getpid() = 1", 0)]
    [InlineData("1 nanosleep({tv_sec=1, tv_nsec=0}, NULL) = 0", 1)]
    public void A_parent_that_ends_before_it_is_told_is_without_fault_unless_it_slept(string call, int faults) =>
        Assert.Equal(faults, TestLog.Faults("1 clone(flags=SIGCHLD) = 2", "2 +++ exited with 0 +++", call, "1 exit_group(0) = ?",
            "1 +++ exited with 0 +++").Count);

    [Fact]
    public void An_orphan_is_not_its_parents_zombie() =>
        Assert.Empty(TestLog.Faults("1 clone(flags=SIGCHLD) = 2", "1 +++ exited with 0 +++", "2 +++ exited with 0 +++"));

    [Fact]
    public void Signals_that_merged_are_a_fault_of_the_parent_that_waits_once()
    {
        Finding finding = Assert.Single(
            TestLog.Faults(
                "1 clone(flags=SIGCHLD) = 2", "1 clone(flags=SIGCHLD) = 3", "2 +++ exited with 0 +++", "3 +++ exited with 0 +++",
                "1 --- SIGCHLD {si_pid=2} ---", "1 wait4(-1, NULL, WNOHANG, NULL) = 2", "1 pause() = ? ERESTARTNOHAND (no)"),
            finding => finding.Kind == FindingKind.MergedSignal);
        Assert.Equal((3, 2), (finding.Child?.Id, finding.Signal?.Child?.Id));
    }

    [Fact]
    public void Whichever_child_the_one_wait_removes_the_signals_merged_to_the_parents_fault() => Assert.Equal(
        [(3, 2)],
        TestLog.Faults(
            "1 clone(flags=SIGCHLD) = 2", "1 clone(flags=SIGCHLD) = 3", "2 +++ exited with 0 +++", "3 +++ exited with 0 +++",
            "1 --- SIGCHLD {si_pid=2} ---", "1 wait4(-1, NULL, WNOHANG, NULL) = 3", "1 pause() = ? ERESTARTNOHAND (no)")
            .Where(fault => fault.Kind == FindingKind.MergedSignal)
            .Select(fault => (fault.Child?.Id ?? 0, fault.Signal?.Child?.Id ?? 0)));

    [Fact]
    public void A_child_that_is_removed_only_by_a_later_signal_was_forgotten_too() => Assert.Equal(
        FindingKind.MergedSignal,
        Assert.Single(TestLog.Faults(
            "1 clone(flags=SIGCHLD) = 2", "1 clone(flags=SIGCHLD) = 3", "1 clone(flags=SIGCHLD) = 4",
            "2 +++ exited with 0 +++", "3 +++ exited with 0 +++", "1 --- SIGCHLD {si_pid=2} ---",
            "1 wait4(-1, NULL, WNOHANG, NULL) = 2",
            "4 +++ exited with 0 +++", "1 --- SIGCHLD {si_pid=4} ---", "1 wait4(-1, NULL, WNOHANG, NULL) = 3",
            "1 wait4(-1, NULL, 0, NULL) = 4")).Kind);

    [Fact]
    public void Signals_that_merged_are_no_fault_of_the_parent_that_waits_until_nobody_is_left()
    {
        string[] lines =
        [
            "1 clone(flags=SIGCHLD) = 2", "1 clone(flags=SIGCHLD) = 3", "2 +++ exited with 0 +++", "3 +++ exited with 0 +++",
            "1 --- SIGCHLD {si_pid=2} ---", "1 wait4(-1, NULL, WNOHANG, NULL) = 2", "1 wait4(-1, NULL, WNOHANG, NULL) = 3",
            "1 wait4(-1, NULL, WNOHANG, NULL) = -1 ECHILD (No)",
        ];
        Assert.Empty(TestLog.Faults(lines));
        Assert.Equal(FindingKind.MergedSignal, Assert.Single(Diagnosis.Of(TestLog.Replay(lines))).Kind);
    }
}
