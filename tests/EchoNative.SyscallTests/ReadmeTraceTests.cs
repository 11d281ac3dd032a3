using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>The README shows the system calls of one connection. A recorded run must make the same ones.</summary>
public sealed partial class ReadmeTraceTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Binary.Root, "README.md"));

    [Fact]
    public void The_trace_in_the_README_is_that_of_a_run()
    {
        Trace shown = Trace.Parse(Block().Match(s_readme).Groups["lines"].Value);
        Trace recorded = Record();
        int child = Assert.Single(shown.Children);
        int recordedChild = Assert.Single(recorded.Children);
        AssertSame(shown.Main, child, Walk(shown, shown.Main), Walk(recorded, recorded.Main), recordedChild);
        AssertSame(shown.Main, child, Walk(shown, child), Walk(recorded, recordedChild), recordedChild);
        AssertOneAfterTheOther(Walk(shown, shown.Main));
        AssertOneAfterTheOther(Walk(shown, child));

        // What the README shows first is also what happens first, where processes wait for each other.
        SystemCall fork = Assert.Single(shown.Forks);
        Assert.All(shown.CallsOf(child), call => Assert.True(fork.IsBefore(call), call.Text));
        SystemCall exit = Assert.Single(shown.CallsOf(child, "exit_group"));
        Assert.All(shown.CallsOf(shown.Main, "wait4"), call => Assert.True(exit.Begin < call.Begin, call.Text));
    }

    private static Trace Record()
    {
        // Strings are shortened as strace does by itself.
        using TracedServer server = new("-s", "32");
        using (Socket client = server.Connect())
        {
            server.WaitFor(one => one.Text.Contains("new client connected", StringComparison.Ordinal), "the session begins");
            client.AssertEchoes("hello\n");
        }

        server.WaitForRemoved(1);
        return server.Stop();
    }

    // The calls that the command in the README asks for: in the parent from the handler to the second wait4, without what the
    // README says it leaves out.
    private static List<TraceEvent> Walk(Trace trace, int process)
    {
        HashSet<string> names = [.. Command().Match(s_readme).Groups["names"].Value.Split(',')];
        IEnumerable<TraceEvent> events = trace.Events
            .Where(one => one.ProcessId == process && (one is not SystemCall call || names.Contains(call.Name)));
        if (process != trace.Main)
        {
            return [.. events];
        }

        SystemCall handler = Assert.Single(
            trace.CallsOf(process, "rt_sigaction"), call => call.FirstArgument == "SIGCHLD" && call.Begin < Socket(trace).Begin);
        SystemCall last = trace.CallsOf(process, "wait4")[1];
        return [handler, .. events.Where(one => one.Begin >= Socket(trace).Begin && one.Begin <= last.Begin)];
    }

    // A process is in one call at a time. Events are sorted by the line in which they begin, so a signal that is shown before
    // the return of the call that it interrupts would not be noticed otherwise.
    private static void AssertOneAfterTheOther(List<TraceEvent> events) =>
        Assert.All(events.Zip(events.Skip(1)), pair => Assert.True(pair.First.IsBefore(pair.Second), $"{pair}"));

    private static SystemCall Socket(Trace trace) => Assert.Single(trace.CallsOf(trace.Main, "socket"));

    private static void AssertSame(
        int shownParent, int shownChild, List<TraceEvent> shown, List<TraceEvent> recorded, int recordedChild)
    {
        string transcript = string.Join('\n', recorded);
        Assert.NotEqual(shownParent, shownChild);
        for (int index = 0; index < Math.Min(shown.Count, recorded.Count); index++)
        {
            string pattern = PatternOf(shown[index].Text, shownChild, recordedChild);
            Assert.True(
                Regex.IsMatch(Plain(recorded[index].Text), pattern),
                $"the README shows\n{shown[index]}\nand the run has\n{recorded[index]}\nin\n{transcript}");
        }

        Assert.True(shown.Count == recorded.Count, $"the README shows {shown.Count} calls, and the run has\n{transcript}");
    }

    // Everything is compared but addresses of memory, ports, the lengths of the log's lines, and what "..." stands for.
    private static string PatternOf(string shown, int shownChild, int recordedChild)
    {
        string pattern = Regex.Escape(Plain(shown))
            .Replace(@"\.\.\.", ".*", StringComparison.Ordinal)
            .Replace($"{shownChild}", $"{recordedChild}", StringComparison.Ordinal);
        return $"^{pattern}$";
    }

    private static string Plain(string text)
    {
        string plain = Spaces().Replace(text, " = ");
        plain = Address().Replace(plain, "0x");
        plain = Port().Replace(plain, "${before}PORT");
        return LogLength().Replace(plain, "${before}LENGTH");
    }

    [GeneratedRegex(@"\n```\n(?<lines>\d+  rt_sigaction\(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"strace -f -e trace=(?<names>\S+) bin/echo-server")]
    private static partial Regex Command();

    [GeneratedRegex(@" += (?=[^ ]+( [E(].*)?$)")]
    private static partial Regex Spaces();

    [GeneratedRegex("0x[0-9a-f]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<before>htons\(|listening on 0\.0\.0\.0:)\d+")]
    private static partial Regex Port();

    // The length and the result are the same number: the line is written as a whole.
    [GeneratedRegex(@"(?<before>^write\(1, .*, )(?<length>\d+)\) = \k<length>$")]
    private static partial Regex LogLength();
}
