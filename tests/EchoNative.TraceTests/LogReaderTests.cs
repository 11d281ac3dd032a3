using System;
using System.IO;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.TraceTests;

/// <summary>Every form in which strace prints a line.</summary>
public sealed class LogReaderTests
{
    [Fact]
    public void A_call_in_one_line_has_a_name_arguments_and_a_result()
    {
        StraceLog log = TestLog.Parse("""7 10.5 read(4, "a, b) = 3\"", 65536) = 9""");
        SystemCall call = TestLog.CallAt(log, 0);
        Assert.Equal(("read", 7, 9), (call.Name, call.Task, call.Value));
        Assert.Equal(["4", """
            "a, b) = 3\""
            """, "65536"], call.Arguments);
        Assert.Equal(TimeSpan.FromSeconds(10.5), call.Begin.Time);
    }

    [Fact]
    public void A_call_without_arguments_has_none() =>
        Assert.Empty(TestLog.CallAt(TestLog.Parse("7 1.0 getpid() = 7"), 0).Arguments);

    [Fact]
    public void Structures_lists_and_flags_stay_whole()
    {
        SystemCall call = TestLog.CallAt(
            TestLog.Parse(
                """7 1.0 accept(3, {sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("1.2.3.4")}, [28 => 16]) = 4"""),
            0);
        Assert.Equal(["3", """{sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("1.2.3.4")}""", "[28 => 16]"],
            call.Arguments);
    }

    [Fact]
    public void A_string_that_was_cut_is_text()
    {
        SystemCall call = TestLog.CallAt(TestLog.Parse("""7 1.0 write(1, "new client connected... 127.0.0."..., 61) = 61"""), 0);
        Assert.Equal("""
            "new client connected... 127.0.0."...
            """, call.Argument(1));
    }

    [Fact]
    public void Two_pieces_are_one_call_and_both_lines_are_kept()
    {
        StraceLog log = TestLog.Parse("10 1.0 accept(3,  <unfinished ...>", "11 1.1 close(3) = 0",
            "10 1.2 <... accept resumed>0x7f, [28]) = -1 EAGAIN (no)");
        SystemCall call = TestLog.CallAt(log, 0);
        Assert.Equal(("accept", "EAGAIN", 1, 3), (call.Name, call.Result.Error, call.Begin.Line, call.End.Line));
        Assert.Equal("10 1.0 accept(3,  <unfinished ...>\n10 1.2 <... accept resumed>0x7f, [28]) = -1 EAGAIN (no)", call.Text);
        Assert.Equal(2, log.Events.Count);
    }

    [Fact]
    public void A_call_that_never_returns_has_no_result()
    {
        StraceLog log = TestLog.Parse("10 1.0 read(0,  <unfinished ...>", "10 1.1 +++ killed by SIGKILL +++");
        Assert.Null(TestLog.CallAt(log, 0).Result.Value);
        Assert.Equal("killed by SIGKILL", Assert.IsType<TaskEnd>(log.Events[1]).How);
        Assert.Empty(log.Unknown);
    }

    [Fact]
    public void A_call_that_ends_with_its_process_is_known_by_its_first_piece()
    {
        StraceLog log = TestLog.Parse("10 1.0 futex(0x7f, FUTEX_WAIT, 0, NULL <unfinished ...>", "11 1.1 exit_group(0) = ?",
            "10 1.2 <... futex resumed>) = ?");
        Assert.Equal("futex", TestLog.CallAt(log, 0).Name);
        Assert.Empty(log.Unknown);
    }

    [Theory]
    [InlineData("11 1.0 ???( <unfinished ...>", "10 1.1 close(3) = 0", "11 1.2 <... ??? resumed>)                = ?")]
    [InlineData("11 1.0 ???()                                = ?", "10 1.1 close(3) = 0")]
    [InlineData("11 1.0 ???( <unfinished ...>", "10 1.1 close(3) = 0")]
    [InlineData("11 1.0 getppid( <unfinished ...>", "10 1.1 close(3) = 0", "11 1.2 <... getppid resumed>) = ? <unavailable>")]
    public void A_call_of_a_process_that_was_killed_has_no_result_and_perhaps_no_name(params string[] lines)
    {
        StraceLog log = TestLog.Parse([.. lines, "11 1.3 +++ killed by SIGKILL +++"]);
        Assert.Empty(log.Unknown);
        Assert.Null(TestLog.CallAt(log, 0).Result.Value);
        Assert.Equal(3, log.Events.Count);
    }

    [Fact]
    public void Numbers_in_brackets_are_process_ids_too()
    {
        StraceLog log = TestLog.Parse("[pid    17] 1.0 close(3) = 0", "[pid 18] 1.1 close(3) = 0");
        Assert.Equal([17, 18], log.Events.Select(one => one.Task));
    }

    [Fact]
    public void The_first_process_has_the_number_that_turns_up_later()
    {
        // As strace prints without -o: no number as long as there is one process, and notices between.
        StraceLog log = TestLog.Parse(
            "1.0 socket(AF_INET, SOCK_STREAM, 0) = 3",
            "1.1 clone(child_stack=NULL, flags=SIGCHLDstrace: Process 21 attached",
            " <unfinished ...>",
            "[pid 21] 1.2 close(3 <unfinished ...>",
            "[pid 20] 1.3 <... clone resumed>, child_tidptr=0x7f) = 21",
            "[pid 21] 1.4 <... close resumed>) = 0",
            "[pid 21] 1.5 +++ exited with 0 +++",
            "1.6 close(3) = 0",
            "1.7 +++ exited with 0 +++");
        Assert.Empty(log.Unknown);
        Assert.Equal([20, 20, 21, 21, 20, 20], log.Events.Select(one => one.Task));
        Assert.Equal(("clone", 21), (TestLog.CallAt(log, 1).Name, TestLog.CallAt(log, 1).Value));
    }

    [Fact]
    public void A_call_into_which_a_notice_fell_goes_on_in_the_next_line()
    {
        StraceLog log = TestLog.Parse("1.0 clone(flags=SIGCHLDstrace: Process 21 attached", ", child_tidptr=0x7f) = 21");
        Assert.Equal(["flags=SIGCHLD", "child_tidptr=0x7f"], TestLog.CallAt(log, 0).Arguments);
    }

    [Fact]
    public void What_clients_send_is_no_notice_and_no_end_of_a_piece()
    {
        StraceLog log = TestLog.Parse(
            """7 1.0 write(4, "strace: Process 9 attached", 26) = 26""",
            """7 1.1 write(4, "<unfinished ...>", 16) = 16""",
            """7 1.2 write(4, "<... read resumed>) = 3", 23) = 23""",
            """7 1.3 write(4, "+++ exited with 0 +++", 21) = 21""");
        Assert.Empty(log.Unknown);
        Assert.Equal([26, 16, 23, 21], log.Events.Cast<SystemCall>().Select(call => call.Value));
    }

    [Fact]
    public void Descriptors_may_be_annotated()
    {
        SystemCall call = TestLog.CallAt(
            TestLog.Parse("7 1.0 accept(3<TCP:[0.0.0.0:1]>, NULL, NULL) = 4<TCP:[127.0.0.1:1->127.0.0.1:2]>",
                "7 1.1 close(4</tmp/a,(b>) = 0"), 0);
        Assert.Equal(new DescriptorName(3, "TCP:[0.0.0.0:1]"), call.DescriptorAt(0));
        Assert.Equal((4, "TCP:[127.0.0.1:1->127.0.0.1:2]"), (call.Value, call.Result.Annotation));
    }

    [Fact]
    public void Processes_may_be_annotated() => Assert.Equal(7, TestLog.Parse("7<cat> 1.0 close(3) = 0").Events[0].Task);

    [Fact]
    public void A_result_may_have_a_duration_a_comment_or_be_made_up()
    {
        StraceLog log = TestLog.Parse(
            "7 1.0 read(3, \"\", 1) = 0 <0.250000>",
            "7 2.0 ppoll([{fd=3, events=POLLIN}], 1, NULL, [], 8) = 1 ([{fd=3, revents=POLLIN}])",
            "7 3.0 accept(3, NULL, NULL) = -1 EMFILE (Too many open files) (INJECTED)",
            "7 4.0 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f2d3074c000",
            "7 5.0 fcntl(0, F_GETFL) = 0x2 (flags O_RDWR)");
        Assert.Empty(log.Unknown);
        Assert.Equal(TimeSpan.FromSeconds(1.25), TestLog.CallAt(log, 0).End.Time);
        Assert.Equal("EMFILE", TestLog.CallAt(log, 2).Result.Error);
        Assert.Equal(2, TestLog.CallAt(log, 4).Value);
    }

    [Fact]
    public void A_signal_names_the_process_it_tells_of()
    {
        StraceLog log = TestLog.Parse("7 1.0 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8, si_uid=0} ---",
            "7 1.1 --- SIGSEGV {si_signo=SIGSEGV} ---");
        Assert.Equal([("SIGCHLD", 8), ("SIGSEGV", 0)], log.Events.Cast<SignalArrival>()
            .Select(signal => (signal.Name, signal.Sender)));
    }

    [Fact]
    public void An_end_may_be_an_exit_a_signal_or_an_exec_of_another_thread()
    {
        StraceLog log = TestLog.Parse(
            "7 1.0 +++ exited with 3 +++",
            "8 1.1 +++ killed by SIGSEGV (core dumped) +++",
            "11 1.2 execve(\"/bin/cat\", [\"cat\"], 0x1 /* 3 vars */ <unfinished ...>",
            "10 1.3 +++ superseded by execve in pid 11 +++",
            "10 1.4 <... execve resumed>) = 0");
        Assert.Empty(log.Unknown);
        Assert.Equal(["exited with 3", "killed by SIGSEGV", "superseded by execve in pid 11"], log.Events.OfType<TaskEnd>()
            .Select(end => end.How));
        Assert.Equal((10, 0), (log.Events.OfType<SystemCall>().Single().Task, log.Events.OfType<SystemCall>().Single().Value));
    }

    [Fact]
    public void A_line_that_is_not_understood_is_counted_and_the_rest_is_read()
    {
        StraceLog log = TestLog.Parse("hello", "7 1.0 close(3) = 0", "7 1.1 close(3", "7 1.2 <... read resumed>) = 3",
            "7 1.3 close(4) = 0");
        Assert.Equal([1, 3, 4], log.Unknown.Select(line => line.Number));
        Assert.Equal("hello", log.Unknown[0].Text);
        Assert.Equal(2, log.Events.Count);
        Assert.Equal(5, log.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7 close(3) = 0\n")]
    [InlineData("no log at all\n\n")]
    public void Without_a_line_with_a_time_there_is_nothing_to_draw(string text) =>
        Assert.Contains("strace -f -ttt", Assert.Throws<InvalidDataException>(() => TestLog.Read(text)).Message, default);

    [Fact]
    public void A_clock_that_is_set_back_does_not_turn_the_order_around()
    {
        StraceLog log = TestLog.Parse("7 5.0 close(3) = 0", "7 4.0 close(4) = 0", "7 6.0 close(5) = 0");
        Assert.Equal([5, 5, 6], log.Events.Select(one => one.Begin.Time.Seconds));
    }

    [Fact]
    public void A_call_in_one_line_has_returned_before_the_next_line_whatever_that_is()
    {
        StraceLog log = TestLog.Parse("7 1.0 read(3,  <unfinished ...>", "8 2.0 read(4, \"\", 1) = 0",
            "7 3.0 <... read resumed>\"\", 1) = 0", "8 4.0 close(4) = 0");
        Assert.Equal([3, 3, 4], log.Events.Select(one => one.End.Time.Seconds));
    }

    [Fact]
    public void A_log_that_is_cut_or_garbled_anywhere_is_read()
    {
        const string Whole = "9 0.5 getpid() = 9\n";
        string text = Whole + string.Join('\n', [
            "10 1.000001 accept(3<TCP:[0.0.0.0:1]>, {sa_family=AF_INET, sin_port=htons(5)}, [28 => 16]) = 4",
            "10 1.1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>",
            "11 1.2 read(4, \"a\\\"\\n\"..., 9) = 5",
            "10 1.3 <... clone resumed>, child_tidptr=0x7f) = 11",
            "11 1.4 --- SIGTERM {si_signo=SIGTERM, si_pid=1} ---",
            "11 1.5 +++ killed by SIGTERM +++",
            "10 1.6 wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM}], WNOHANG, NULL) = 11\n"]);
        Random random = new(20260101);
        for (int length = Whole.Length + 10; length < text.Length; length++)
        {
            char[] garbled = text[..length].ToCharArray();
            garbled[random.Next(Whole.Length, length)] = "<>(){}[]\"\\,= \0"[random.Next(14)];
            _ = Trace.Findings.Diagnosis.Of(Trace.Model.Replay.Run(TestLog.Read(text[..length])));
            _ = Trace.Findings.Diagnosis.Of(Trace.Model.Replay.Run(TestLog.Read(new string(garbled))));
        }
    }
}
