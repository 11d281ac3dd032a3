using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Log;

/// <summary>
/// Reads the lines of <c>strace -f -ttt</c>, joins the two lines of a call that strace interrupted, and keeps the lines that it
/// can't read.
/// </summary>
internal sealed partial class LogReader
{
    private const string Unfinished = "<unfinished ...>";

    private readonly List<LogEvent> _events = [];
    private readonly List<UnknownLine> _unknown = [];
    private readonly Dictionary<int, Piece> _pieces = [];
    private readonly Dictionary<int, TimeSpan> _timeAfter = []; // for each line, the time of the next one
    private readonly TaskNames _names = new();
    private string? _interrupted; // the first part of a line into which strace printed a notice
    private Moment? _first;
    private Moment _last;
    private int _number;

    private LogReader()
    {
    }

    /// <summary>Reads a log to its end.</summary>
    /// <exception cref="InvalidDataException">No line has a time.</exception>
    public static StraceLog Read(TextReader text)
    {
        LogReader reader = new();
        while (text.ReadLine() is string line)
        {
            reader._number++;
            reader.ReadLine(line);
        }

        return reader.Finish();
    }

    private StraceLog Finish()
    {
        FlushInterrupted();
        foreach ((int task, Piece piece) in _pieces)
        {
            AddUnreturned(task, piece);
        }

        Moment first = _first ?? throw new InvalidDataException("no line has a time: record with strace -f -ttt");
        IEnumerable<LogEvent> events = _events.OrderBy(one => one.Begin.Line);
        return new StraceLog(_number, first, _last, [.. events.Select(Renamed).Select(WithReturn)], _unknown);
    }

    private LogEvent Renamed(LogEvent one) => one.Task == TaskNames.Unnamed ? one with { Task = _names.First } : one;

    private void ReadLine(string line)
    {
        if (_interrupted is string head && line.Length > 0 && (line[0] is ',' or ')' || line.StartsWith(' ')))
        {
            _interrupted = null;
            ReadWhole(head + line);
            return;
        }

        FlushInterrupted();
        Match notice = Notice().Match(line);
        if (!notice.Success)
        {
            ReadWhole(line);
            return;
        }

        if (notice.Groups["task"].Success)
        {
            _names.Attach(int.Parse(notice.Groups["task"].Value, System.Globalization.CultureInfo.InvariantCulture));
        }

        _interrupted = notice.Groups["head"].Length > 0 ? notice.Groups["head"].Value : null;
    }

    private void FlushInterrupted()
    {
        if (_interrupted is string head)
        {
            _interrupted = null;
            ReadWhole($"{head} {Unfinished}");
        }
    }

    private void ReadWhole(string line)
    {
        if (StraceGrammar.ParsePrefix(line) is not (LinePrefix prefix, string rest) || !ReadEvent(prefix, rest, line))
        {
            _unknown.Add(new UnknownLine(_number, line));
        }
    }

    private bool ReadEvent(LinePrefix prefix, string rest, string line)
    {
        Moment now = new(_number, prefix.Time > _last.Time ? prefix.Time : _last.Time);
        (string Name, string Arguments)? resumed = StraceGrammar.ParseResumed(rest);
        bool isForking = _pieces.TryGetValue(TaskNames.Unnamed, out Piece? waiting) && waiting.MakesTask;
        int task = _names.Find(prefix.Task, isForking && resumed is null);
        if (task == _names.First && _pieces.Remove(TaskNames.Unnamed, out Piece? renamed))
        {
            _pieces[task] = renamed;
        }

        bool understood = resumed is null
            ? ReadNew(task, now, rest, line)
            : ReadResumed(task, now, resumed.Value.Arguments, line);
        if (understood)
        {
            _first ??= now;
            _timeAfter[_last.Line] = now.Time;
            _last = now;
        }

        return understood;
    }

    private bool ReadNew(int task, Moment now, string rest, string line)
    {
        if (StraceGrammar.ParseSignal(rest) is (string signal, int sender))
        {
            _events.Add(new SignalArrival(task, now, line, signal, sender));
            return true;
        }

        if (StraceGrammar.ParseEnd(rest) is string how)
        {
            AddEnd(new TaskEnd(task, now, line, how));
            return true;
        }

        if (CallStart().Match(rest) is { Success: true } start)
        {
            _pieces[task] = new Piece(now, start.Groups[1].Value, line);
            return true;
        }

        return AddCall(task, now, now, rest, line) || rest.StartsWith("--- stopped by ", StringComparison.Ordinal);
    }

    private void AddEnd(TaskEnd end)
    {
        _events.Add(end);
        _names.End(end.Task);
        if (end.IsByExec
            && int.TryParse(end.How[(end.How.LastIndexOf(' ') + 1)..], out int thread)
            && _pieces.Remove(thread, out Piece? piece))
        {
            // The execve of the thread returns under the number of the process.
            _pieces[end.Task] = piece;
        }
    }

    private bool ReadResumed(int task, Moment now, string rest, string line)
    {
        if (!_pieces.Remove(task, out Piece? piece))
        {
            return false;
        }

        if (!rest.Contains(Unfinished, StringComparison.Ordinal))
        {
            return AddCall(task, piece.Begin, now, piece.Text + rest, $"{piece.Line}\n{line}");
        }

        // The task ended inside the call.
        AddUnreturned(task, piece);
        return true;
    }

    private void AddUnreturned(int task, Piece piece)
    {
        string text = piece.Text.TrimEnd(' ', ',');
        if (!AddCall(task, piece.Begin, piece.Begin, text + ") = ?", piece.Line))
        {
            _unknown.Add(new UnknownLine(piece.Begin.Line, piece.Line));
        }
    }

    private bool AddCall(int task, Moment begin, Moment end, string text, string lines)
    {
        if (StraceGrammar.ParseCall(text) is not (string name, IReadOnlyList<string> arguments, CallResult result))
        {
            return false;
        }

        _events.Add(new SystemCall(task, begin, end, lines, name, arguments, result));
        return true;
    }

    // strace printed the call in one line: it returned before the next line.
    private LogEvent WithReturn(LogEvent one)
    {
        if (one is not SystemCall call || call.End != call.Begin)
        {
            return one;
        }

        TimeSpan end = call.Result.Seconds is double seconds
            ? call.Begin.Time + TimeSpan.FromSeconds(seconds)
            : _timeAfter.GetValueOrDefault(call.Begin.Line, call.Begin.Time);
        return call with { End = call.Begin with { Time = end } };
    }

    // Within a line it is a notice only at the end: a string among the arguments may hold the same words.
    [GeneratedRegex(@"^(?<head>.*?)strace: Process (?<task>\d+) (attached|detached)$|^strace: .*$")]
    private static partial Regex Notice();

    [GeneratedRegex(@"^((?:\w+|\?+)\(.*)<(unfinished|detached) \.\.\.>$")]
    private static partial Regex CallStart();

    /// <summary>The first piece of a call that has not returned yet.</summary>
    private sealed record Piece(Moment Begin, string Text, string Line)
    {
        public bool MakesTask => SystemCallTable.Find(Text.Split('(', 2)[0]).Action == CallAction.Fork;
    }
}
