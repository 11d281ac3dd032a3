using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>What calls do to processes and descriptors.</summary>
public sealed class ReplayTests
{
    private const string Socket = "1 socket(AF_INET, SOCK_STREAM, 0) = 3";
    private const string Listen = "1 listen(3, 5) = 0";

    [Fact]
    public void Fork_makes_a_second_descriptor_and_no_second_socket()
    {
        History history = TestLog.Replay(Socket, Listen, "1 clone(child_stack=NULL, flags=SIGCHLD) = 2", "2 close(3) = 0",
            "1 close(3) = 0");
        OpenFile socket = Assert.Single(history.DrawnFiles);
        Assert.Equal([(1, 3, false), (2, 3, false)], socket.Descriptors.Select(one => (one.Owner.Id, one.Number, false)));
        Assert.Equal([true, false], socket.Descriptors.Select(one => one.WasLast));
        Assert.Equal(TestLog.Process(history, 1), TestLog.Process(history, 2).Parent);
    }

    [Fact]
    public void A_child_may_do_things_before_its_fork_has_returned()
    {
        History history = TestLog.Replay(
            Socket, Listen, "1 clone(flags=SIGCHLD <unfinished ...>", "2 close(3) = 0", "1 <... clone resumed>) = 2",
                "1 close(3) = 0");
        Assert.Equal([2, 1], history.Steps.Where(step => step.Kind == StepKind.Close).Select(step => step.Process.Id));
        Assert.Equal([true, false], history.DrawnFiles[0].Descriptors.Select(one => one.WasLast));
    }

    [Theory]
    [InlineData("1 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD|CLONE_SIGHAND) = 2")]
    [InlineData("1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, exit_signal=0} => {parent_tid=[2]}, 88) = 2")]
    public void A_thread_belongs_to_its_process(string clone)
    {
        History history = TestLog.Replay(
            clone, "2 socket(AF_INET, SOCK_STREAM, 0) = 3", "2 listen(3, 5) = 0", "1 accept(3, NULL, NULL) = 4", "2 exit(0) = ?",
            "2 +++ exited with 0 +++", "1 exit_group(0) = ?", "1 +++ exited with 0 +++");
        TracedProcess process = Assert.Single(history.Processes);
        Assert.Equal((1, 1), (process.Id, process.Threads));
        Assert.Equal([3, 4], history.DrawnFiles.SelectMany(file => file.Descriptors).Select(one => one.Number));
        Assert.Equal(8, process.End?.Line);
    }

    [Theory]
    [InlineData("1 fork() = 2")]
    [InlineData("1 vfork() = 2")]
    [InlineData("1 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = 2")]
    [InlineData("1 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88) = 2")]
    public void Every_kind_of_fork_makes_a_process(string fork) =>
        Assert.Equal([1, 2], TestLog.Replay(fork, "2 close(0) = 0").Processes.Select(process => process.Id));

    [Theory]
    [InlineData("1 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3", "1 getpid() = 1")]
    [InlineData(Socket, "1 fcntl(3, F_SETFD, FD_CLOEXEC) = 0")]
    [InlineData(Socket, "1 ioctl(3, FIOCLEX) = 0")]
    [InlineData(Socket, "1 close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC) = 0")]
    public void Execve_closes_what_is_marked_for_it(string socket, string mark)
    {
        History history = TestLog.Replay(socket, mark, Listen, "1 vfork() = 2",
            """2 execve("/usr/bin/cat", ["cat"], 0x1 /* 9 vars */) = 0""", "2 close(0) = 0");
        Assert.Equal(5, history.DrawnFiles[0].Descriptors.Single(one => one.Owner.Id == 2).Closed?.Line);
        Assert.Null(history.DrawnFiles[0].Descriptors.Single(one => one.Owner.Id == 1).Closed);
        Assert.Equal("cat", TestLog.Process(history, 2).Program);
    }

    [Theory]
    [InlineData("1 fcntl(3, F_SETFD, 0) = 0", """1 execve("/usr/bin/cat", ["cat"], 0x1) = 0""")]
    [InlineData("1 fcntl(3, F_SETFD, FD_CLOEXEC) = 0",
        """1 execve("/nowhere/cat", ["cat"], 0x1) = -1 ENOENT (No such file or directory)""")]
    public void Execve_leaves_the_rest_and_what_fails_closes_nothing(string mark, string exec) =>
        Assert.Null(TestLog.Replay(Socket, Listen, mark, exec, "1 getpid() = 1").DrawnFiles[0].Descriptors[0].Closed);

    [Theory]
    [InlineData("1 dup(3) = 5", 5)]
    [InlineData("1 dup2(3, 0) = 0", 0)]
    [InlineData("1 dup3(3, 5, O_CLOEXEC) = 5", 5)]
    [InlineData("1 fcntl(3, F_DUPFD, 5) = 5", 5)]
    [InlineData("1 fcntl(3, F_DUPFD_CLOEXEC, 5) = 5", 5)]
    public void Dup_makes_a_further_descriptor_to_the_same_socket(string dup, int number)
    {
        History history = TestLog.Replay(Socket, Listen, dup, "1 close(3) = 0", $"1 close({number}) = 0");
        OpenFile socket = Assert.Single(history.DrawnFiles);
        Assert.Equal([(3, false), (number, true)], socket.Descriptors.Select(one => (one.Number, one.WasLast)));
        Assert.Equal(DescriptorOrigin.Duplicated, socket.Descriptors[1].Origin);
    }

    [Fact]
    public void Dup2_closes_what_had_the_number()
    {
        History history = TestLog.Replay(
            Socket, Listen, "1 accept(3, NULL, NULL) = 4", "1 accept(3, NULL, NULL) = 5", "1 dup2(4, 5) = 5", "1 dup2(5, 5) = 5",
                "1 getpid() = 1");
        Assert.Equal([5], history.DrawnFiles[2].Descriptors.Select(one => one.Closed?.Line));
        Assert.Equal(2, history.DrawnFiles[1].Descriptors.Count(one => one.Closed is null));
    }

    [Fact]
    public void Close_range_closes_all_between_its_ends()
    {
        History history = TestLog.Replay(Socket, Listen, "1 accept(3, NULL, NULL) = 4", "1 accept(3, NULL, NULL) = 5",
            "1 close_range(4, 4294967295, 0) = 0");
        Assert.Equal([false, true, true], history.DrawnFiles.Select(file => file.Descriptors[0].Closed is not null));
    }

    [Fact]
    public void A_close_that_fails_closes_nothing_but_one_that_was_interrupted_does()
    {
        History history = TestLog.Replay(Socket, Listen, "1 close(9) = -1 EBADF (Bad file descriptor)",
            "1 close(3) = -1 EINTR (Interrupted system call)");
        Assert.Equal(4, history.DrawnFiles[0].Descriptors[0].Closed?.Line);
        Assert.DoesNotContain(history.Processes[0].Descriptors, one => one.Number == 9);
    }

    [Fact]
    public void The_end_of_a_process_closes_what_it_had()
    {
        History history = TestLog.Replay(Socket, Listen, "1 exit_group(3) = ?", "1 +++ exited with 3 +++");
        Descriptor descriptor = history.DrawnFiles[0].Descriptors[0];
        Assert.Equal((4, true, false), (descriptor.Closed?.Line, descriptor.WasLast, descriptor.WasClosedByCall));
    }

    [Fact]
    public void An_end_by_a_signal_is_told()
    {
        History history = TestLog.Replay("1 clone(flags=SIGCHLD) = 2", "2 +++ killed by SIGKILL +++",
            "1 wait4(-1, [{WIFSIGNALED(s)}], 0, NULL) = 2");
        TracedProcess child = TestLog.Process(history, 2);
        Assert.Equal(("killed by SIGKILL", 2, 3), (child.EndText, child.End?.Line, child.Removed?.Line));
        Assert.Single(history.Steps, step => step is { Kind: StepKind.Killed, Detail: "SIGKILL" });
    }

    [Theory]
    [InlineData("1 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], WNOHANG, NULL) = 2", true)]
    [InlineData("1 waitid(P_ALL, 0, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=2}, WEXITED, NULL) = 0", true)]
    [InlineData("1 waitid(P_ALL, 0, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=2}, WEXITED|WNOWAIT, NULL) = 0", false)]
    [InlineData("1 wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], WUNTRACED, NULL) = 2", false)]
    [InlineData("1 wait4(-1, 0x7f, WNOHANG, NULL) = 0", false)]
    [InlineData("1 wait4(-1, 0x7f, 0, NULL) = -1 ECHILD (No child processes)", false)]
    public void A_zombie_goes_when_its_parent_has_waited_for_it(string wait, bool goes)
    {
        History history = TestLog.Replay("1 clone(flags=SIGCHLD) = 2", "2 exit_group(0) = ?", "2 +++ exited with 0 +++", wait,
            "1 getpid() = 1");
        Assert.Equal(goes ? 4 : null, TestLog.Process(history, 2).EndOfZombie?.Line);
    }

    [Theory]
    [InlineData("{sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}")]
    [InlineData("{sa_handler=SIG_DFL, sa_mask=[], sa_flags=SA_NOCLDWAIT}")]
    public void Whose_parent_ignores_its_children_becomes_no_zombie(string action)
    {
        IReadOnlyList<string> lines =
            [$"1 rt_sigaction(SIGCHLD, {action}, NULL, 8) = 0", "1 clone(flags=SIGCHLD) = 2", "2 +++ exited with 0 +++",
                "1 getpid() = 1"];
        Assert.True(TestLog.Process(TestLog.Replay(lines), 2).IsRemovedAtOnce);
        Assert.Empty(TestLog.Faults(lines));
    }

    [Fact]
    public void A_process_id_that_comes_around_again_is_another_process()
    {
        History history = TestLog.Replay(
            "1 clone(flags=SIGCHLD) = 2", "2 +++ exited with 0 +++", "1 wait4(-1, NULL, 0, NULL) = 2",
            "1 clone(flags=SIGCHLD) = 2", "2 +++ exited with 1 +++", "1 wait4(-1, NULL, 0, NULL) = 2");
        Assert.Equal(["exited with 0", "exited with 1"], history.Processes.Skip(1).Select(process => process.EndText));
        Assert.Equal([3, 6], history.Processes.Skip(1).Select(process => process.Removed?.Line ?? 0));
    }

    [Fact]
    public void Sockets_are_named_by_their_addresses()
    {
        History history = TestLog.Replay(
            Socket,
            """1 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}, 16) = 0""",
            Listen,
            """1 getsockname(3, {sa_family=AF_INET, sin_port=htons(9190), sin_addr=inet_addr("0.0.0.0")}, [16]) = 0""",
            "1 accept4(3, {sa_family=AF_INET6, sin6_port=htons(5), sin6_flowinfo=htonl(0), "
                + """inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, [28], SOCK_CLOEXEC) = 4""",
            "1 accept(3<TCP:[0.0.0.0:9190]>, NULL, NULL) = 5<TCP:[127.0.0.1:9190->127.0.0.1:77]>");
        Assert.Equal(
            ["listening socket 0.0.0.0:9190", "connected socket [::1]:5", "connected socket 127.0.0.1:77"],
            history.DrawnFiles.Select(file => file.Description));
    }

    [Fact]
    public void A_log_that_begins_late_has_descriptors_that_were_there_before()
    {
        History history = TestLog.Replay("1 accept(3, NULL, NULL) = 4", "1 clone(flags=SIGCHLD) = 2", "2 close(3) = 0");
        Assert.Equal([FileKind.ListeningSocket, FileKind.ConnectedSocket], history.DrawnFiles.OrderBy(file => file.Kind)
            .Select(file => file.Kind));
        Assert.Equal(DescriptorOrigin.Given,
            history.DrawnFiles.Single(file => file.Kind == FileKind.ListeningSocket).Descriptors[0].Origin);
    }

    [Fact]
    public void A_pair_of_sockets_is_two_sockets_and_a_descriptor_may_come_as_a_message()
    {
        History history = TestLog.Replay(
            "1 socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0", "1 clone(flags=SIGCHLD) = 2", """1 write(3, "a", 1) = 1""",
            """2 read(4, "a", 1) = 1""",
            "2 recvmsg(4, {msg_controllen=20, "
                + "msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[7]}]}, 0) = 1");
        Assert.Equal(2, history.DrawnFiles.Count);
        Assert.Contains(TestLog.Process(history, 2).Descriptors, one => one.Number == 7);
    }

    [Fact]
    public void Waiting_for_a_socket_is_sleep_and_reading_a_file_is_none()
    {
        History history = TestLog.Replay(
            Socket, Listen, "1 accept(3, NULL, NULL) = 4", """1 openat(AT_FDCWD, "/proc/self/maps", O_RDONLY) = 5""",
                """1 read(5, "a", 9) = 1""",
            """1 read(4, "a", 9) = 1""", "1 ppoll([{fd=3, events=POLLIN}], 1, NULL, [], 8) = 1", "1 getpid() = 1");
        Assert.Equal([3, 6, 7], history.Processes[0].Sleeps.Select(sleep => sleep.Begin.Line));
    }

    [Fact]
    public void Sockets_that_a_library_opens_for_itself_are_not_drawn() => Assert.Empty(TestLog.Replay(
        "1 socket(AF_UNIX, SOCK_STREAM, 0) = 3",
        """1 connect(3, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)""",
        "1 close(3) = 0").DrawnFiles);
}
