using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace EchoNative.Testing;

/// <summary>The events that <c>strace -o</c> wrote, in the order in which they began.</summary>
public sealed partial class Trace
{
    private const string Unfinished = " <unfinished ...>";

    private readonly List<TraceEvent> _events = [];

    private Trace()
    {
    }

    /// <summary>Everything that happened.</summary>
    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>All system calls.</summary>
    public IEnumerable<SystemCall> Calls => _events.OfType<SystemCall>();

    /// <summary>The calls whose result strace injected.</summary>
    public IReadOnlyList<SystemCall> Injected => [.. Calls.Where(call => call.IsInjected)];

    /// <summary>The process id of the program itself, which is the first process of the trace.</summary>
    public int Main => _events.Count > 0 ? _events[0].ProcessId : throw new InvalidOperationException("the trace is empty");

    /// <summary>The forks that succeeded: clone is always a fork, because the runtime makes threads by clone3.</summary>
    public IReadOnlyList<SystemCall> Forks => [.. Calls.Where(call => call.Name == "clone" && call.Value > 0)];

    /// <summary>The process ids of the forked children, in the order of the forks.</summary>
    public IReadOnlyList<int> Children => [.. Forks.Select(fork => fork.Value)];

    /// <summary>The processes and threads whose end is not in the trace.</summary>
    public IReadOnlyList<int> NeverEnded =>
        [.. _events.Select(one => one.ProcessId).Distinct().Except(_events.OfType<ProcessEnd>().Select(end => end.ProcessId))];

    /// <summary>Parses the lines of a trace. A last line without a newline is left out: strace is still writing it.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="processId">
    /// The process of lines that begin with none, as strace writes them when it is attached to one process and was not
    /// told to follow forks.
    /// </param>
    public static Trace Parse(string text, int? processId = null)
    {
        Trace trace = new();
        Dictionary<int, (int Begin, string Text)> pending = [];
        string[] lines = text.Split('\n');
        for (int number = 0; number < lines.Length - 1; number++)
        {
            Match line = Line().Match(lines[number]);
            if (line.Success)
            {
                trace.Add(int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), number, line.Groups[2].Value, pending);
            }
            else
            {
                int known = processId ?? throw new FormatException($"a line of strace without a process: {lines[number]}");
                trace.Add(known, number, lines[number], pending);
            }
        }

        foreach ((int caller, (int begin, string start)) in pending)
        {
            trace._events.Add(ParseCall(caller, begin, lines.Length, start + ") = ?"));
        }

        trace._events.Sort((one, other) => one.Begin.CompareTo(other.Begin));
        return trace;
    }

    /// <summary>Reads what strace has written to a file until now. A file that is missing is empty.</summary>
    public static string ReadFile(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    /// <summary>The calls of one process.</summary>
    public IReadOnlyList<SystemCall> CallsOf(int processId) => [.. Calls.Where(call => call.ProcessId == processId)];

    /// <summary>The calls of one process by one name.</summary>
    public IReadOnlyList<SystemCall> CallsOf(int processId, string name) =>
        [.. Calls.Where(call => call.ProcessId == processId && call.Name == name)];

    /// <summary>The calls of one process from a call on, that one included.</summary>
    public IReadOnlyList<SystemCall> CallsFrom(SystemCall first) =>
        [.. Calls.Where(call => call.ProcessId == first.ProcessId && call.Begin >= first.Begin)];

    /// <summary>
    /// Which of a process's calls by this name is the first that matches, counted from 1, as <c>when=</c> of strace counts
    /// them.
    /// </summary>
    public int OccurrenceOf(int processId, string name, Func<SystemCall, bool> matches) =>
        CallsOf(processId, name).TakeWhile(call => !matches(call)).Count() + 1;

    /// <summary>The runs of signal handlers in a process.</summary>
    public IReadOnlyList<HandlerRun> HandlerRunsOf(int processId)
    {
        List<HandlerRun> runs = [];
        List<TraceEvent> own = [.. _events.Where(one => one.ProcessId == processId)];
        for (int index = 0; index < own.Count; index++)
        {
            if (own[index] is SignalDelivery signal)
            {
                List<TraceEvent> inside =
                    [.. own.Skip(index + 1).TakeWhile(one => one is not SystemCall { Name: "rt_sigreturn" })];
                inside.AddRange(own.Skip(index + 1 + inside.Count).Take(1));
                runs.Add(new HandlerRun(signal, index > 0 ? own[index - 1] as SystemCall : null, inside));
            }
        }

        return runs;
    }

    /// <summary>One event a line, for the message of a failed test.</summary>
    public override string ToString() => string.Join('\n', _events);

    private static SystemCall ParseCall(int processId, int begin, int end, string text)
    {
        Match call = Call().Match(text);
        return call.Success
            ? new SystemCall(
                processId,
                begin,
                end,
                text,
                call.Groups["name"].Value,
                call.Groups["arguments"].Value,
                call.Groups["result"].Value,
                call.Groups["error"].Value,
                InjectedCall().IsMatch(text))
            : throw new FormatException($"not a system call: {text}");
    }

    private void Add(int processId, int number, string text, Dictionary<int, (int Begin, string Text)> pending)
    {
        if (Unnamed().IsMatch(text))
        {
            return;
        }

        if (text.StartsWith("--- ", StringComparison.Ordinal))
        {
            _events.Add(new SignalDelivery(processId, number, text, text.Split(' ')[1]));
        }
        else if (text.StartsWith("+++ ", StringComparison.Ordinal))
        {
            _events.Add(new ProcessEnd(processId, number, text.Trim('+', ' ')));
        }
        else if (text.EndsWith(Unfinished, StringComparison.Ordinal))
        {
            pending[processId] = (number, text[..^Unfinished.Length]);
        }
        else if (Resumed().Match(text) is { Success: true } resumed)
        {
            (int begin, string start) = pending[processId];
            _ = pending.Remove(processId);
            _events.Add(ParseCall(processId, begin, number, start + resumed.Groups[1].Value));
        }
        else
        {
            _events.Add(ParseCall(processId, number, number, text));
        }
    }

    // strace adds DELAYED where it was told to delay the call as well.
    [GeneratedRegex(@" \(INJECTED\)( \(DELAYED\))?$")]
    private static partial Regex InjectedCall();

    [GeneratedRegex(@"^(\d+) +(.*)$")]
    private static partial Regex Line();

    // strace prints ??? where the process was killed before strace could read which call it made.
    [GeneratedRegex(@"^(<\.\.\. )?\?+[ (]")]
    private static partial Regex Unnamed();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(.*)$")]
    private static partial Regex Resumed();

    // An argument may be a string that contains ") = ": the last one is followed by the result.
    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\) += (?<result>\S+)(?: (?<error>E[A-Z0-9]+))?.*$")]
    private static partial Regex Call();
}
