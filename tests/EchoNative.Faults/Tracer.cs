using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// strace, attached to a process that is there already: it counts calls from then on, so that those which the
/// runtime makes before Main, or the parent before the fork, are not among them.
/// </summary>
internal sealed class Tracer : IDisposable
{
    private const string Stopped = "--- stopped by SIGSTOP ---";

    private readonly string _file = Path.GetTempFileName();
    private readonly RunningProgram _strace;
    private readonly int _processId;
    private Thread? _continuing;
    private volatile bool _isDisposed;

    /// <summary>Attaches, and returns when the next call will be seen.</summary>
    /// <param name="processId">The process. Its children are not followed, unless an option says so.</param>
    /// <param name="options">Such as <c>inject=...</c>, each given to <c>-e</c>, or <c>-f</c>.</param>
    public Tracer(int processId, params IEnumerable<string> options)
    {
        _processId = processId;
        _strace = new RunningProgram(
            "strace",
            [.. options.SelectMany(option => option[0] == '-' ? new[] { option } : ["-e", option]), "-o", _file, "-p", $"{processId}"]);
        Deadline.WaitUntil(
            () => _strace.Error.Contains("attached", StringComparison.Ordinal) || _strace.HasExited, "strace attaches", () => _strace.Transcript);
    }

    /// <summary>Whether the process has ended, or strace was told to.</summary>
    public bool HasEnded => _isDisposed || _strace.HasExited;

    /// <summary>What was seen until now.</summary>
    public Trace Read()
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{_processId} ");
        string text = ReadText();
        bool hasNumbers = text.Length > 0 && char.IsAsciiDigit(text[0]);
        int end = text.LastIndexOf('\n') + 1;
        return Trace.Parse(hasNumbers ? text : string.Concat(text[..end].Split('\n').SkipLast(1).Select(line => $"{prefix}{line}\n")));
    }

    /// <summary>Waits until the process has ended, and returns everything it did.</summary>
    public Trace ReadToEnd()
    {
        Deadline.WaitUntil(() => HasEnded, "strace ends", () => ReadText());
        return Read();
    }

    /// <summary>Waits until a process has stopped so many times, and returns its number.</summary>
    public int WaitForStop(int times = 1)
    {
        Deadline.WaitUntil(() => Stops().Count >= times, "the process stops", ReadText);
        return Stops()[times - 1];
    }

    /// <summary>Lets the process go on, once it stops, from a thread of its own.</summary>
    /// <param name="times">The stop after which it goes on.</param>
    public void ContinueAfterStop(int times)
    {
        _continuing = new Thread(() =>
        {
            while (!HasEnded)
            {
                if (Stops().Count >= times)
                {
                    RunningProgram.Send(_processId, "CONT");
                    return;
                }

                Thread.Sleep(1);
            }
        })
        { IsBackground = true };
        _continuing.Start();
    }

    /// <summary>
    /// Ends strace and leaves the processes as they are, stopped ones included: killed, it has no time to change
    /// that.
    /// </summary>
    public void Detach()
    {
        _strace.Signal("KILL");
        _ = _strace.WaitForExit();
        Deadline.WaitUntil(() => ProcessTable.StateOf(_processId) is null || ProcessTable.StatusOf(_processId, "TracerPid") == "0", "strace lets go");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _continuing?.Join();
        _strace.Dispose();
        File.Delete(_file);
    }

    private List<int> Stops() =>
        [.. ReadText().Split('\n').Where(line => line.Contains(Stopped, StringComparison.Ordinal)).Select(NumberOf)];

    private int NumberOf(string line) => char.IsAsciiDigit(line[0]) ? int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) : _processId;

    private string ReadText()
    {
        try
        {
            using FileStream file = new(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }
}
