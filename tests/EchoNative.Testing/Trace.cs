using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace EchoNative.Testing;

/// <summary>What <c>strace -f -o</c> wrote, in the order in which things began.</summary>
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

    /// <summary>The results that strace made up.</summary>
    public IReadOnlyList<SystemCall> Injected => [.. Calls.Where(call => call.IsInjected)];

    /// <summary>The program itself: the first process there was.</summary>
    public int Main => _events.Count > 0 ? _events[0].ProcessId : throw new InvalidOperationException("the trace is empty");

    /// <summary>The forks that succeeded. Threads are made by clone3, so clone is always a fork.</summary>
    public IReadOnlyList<SystemCall> Forks => [.. Calls.Where(call => call.Name == "clone" && call.Value > 0)];

    /// <summary>Those that were forked, in their order.</summary>
    public IReadOnlyList<int> Children => [.. Forks.Select(fork => fork.Value)];

    /// <summary>Every process and thread that did anything, and never ended.</summary>
    public IReadOnlyList<int> WithoutEnd =>
        [.. _events.Select(one => one.ProcessId).Distinct().Except(_events.OfType<ProcessEnd>().Select(end => end.ProcessId))];

    /// <summary>Reads the lines of a trace. A last line that has no end yet is left out.</summary>
    public static Trace Parse(string text)
    {
        Trace trace = new();
        Dictionary<int, (int Begin, string Text)> pending = [];
        string[] lines = text.Split('\n');
        for (int number = 0; number < lines.Length - 1; number++)
        {
            Match line = Line().Match(lines[number]);
            if (!line.Success)
            {
                throw new FormatException($"strace does not write: {lines[number]}");
            }

            trace.Add(int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), number, line.Groups[2].Value, pending);
        }

        foreach ((int processId, (int begin, string start)) in pending)
        {
            trace._events.Add(ParseCall(processId, begin, lines.Length, start + ") = ?"));
        }

        trace._events.Sort((one, other) => one.Begin.CompareTo(other.Begin));
        return trace;
    }

    /// <summary>The calls of one process.</summary>
    public IReadOnlyList<SystemCall> CallsOf(int processId) => [.. Calls.Where(call => call.ProcessId == processId)];

    /// <summary>The calls of one process by one name.</summary>
    public IReadOnlyList<SystemCall> CallsOf(int processId, string name) =>
        [.. Calls.Where(call => call.ProcessId == processId && call.Name == name)];

    /// <summary>The calls of one process from a call on, that one included.</summary>
    public IReadOnlyList<SystemCall> CallsFrom(SystemCall first) =>
        [.. Calls.Where(call => call.ProcessId == first.ProcessId && call.Begin >= first.Begin)];

    /// <summary>How often a process makes a call before, and with, the first one that matches: what <c>when=</c> counts.</summary>
    public int Count(int processId, string name, Func<SystemCall, bool> first)
    {
        int before = CallsOf(processId, name).TakeWhile(call => !first(call)).Count();
        return before + 1;
    }

    /// <summary>The runs of handlers in a process.</summary>
    public IReadOnlyList<HandlerRun> HandlerRunsOf(int processId)
    {
        List<HandlerRun> runs = [];
        List<TraceEvent> own = [.. _events.Where(one => one.ProcessId == processId)];
        for (int index = 0; index < own.Count; index++)
        {
            if (own[index] is SignalDelivery signal)
            {
                List<TraceEvent> inside = [.. own.Skip(index + 1).TakeWhile(one => one is not SystemCall { Name: "rt_sigreturn" })];
                inside.AddRange(own.Skip(index + 1 + inside.Count).Take(1));
                runs.Add(new HandlerRun(signal, index > 0 ? own[index - 1] as SystemCall : null, inside));
            }
        }

        return runs;
    }

    /// <summary>The trace in whole calls, for the message of a failed test.</summary>
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
            : throw new FormatException($"this is no system call: {text}");
    }

    private void Add(int processId, int number, string text, Dictionary<int, (int Begin, string Text)> pending)
    {
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

    // strace may have been told to make the call late as well.
    [GeneratedRegex(@" \(INJECTED\)( \(DELAYED\))?$")]
    private static partial Regex InjectedCall();

    [GeneratedRegex(@"^(\d+) +(.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(.*)$")]
    private static partial Regex Resumed();

    // Strings among the arguments may hold anything, so the last ") = " is the one that counts.
    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\) += (?<result>\S+)(?: (?<error>E[A-Z0-9]+))?.*$")]
    private static partial Regex Call();
}
