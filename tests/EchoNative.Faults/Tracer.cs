using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// strace, attached to an existing process. It counts calls from then on, without those that the runtime has made before
/// Main, or the parent before the fork.
/// </summary>
internal sealed class Tracer : IDisposable
{
    private const string Stopped = "--- stopped by SIGSTOP ---";

    private readonly string _file = Path.GetTempFileName();
    private readonly RunningProgram _strace;
    private readonly int _processId;
    private Thread? _continuing;
    private volatile bool _isDisposed;

    /// <summary>Attaches, and returns when the next call will be traced.</summary>
    /// <param name="processId">The process. Its children are traced only with the option <c>-f</c>.</param>
    /// <param name="options">Arguments of <c>-e</c>, such as <c>inject=...</c>, and options that begin with a dash.</param>
    public Tracer(int processId, params IEnumerable<string> options)
    {
        _processId = processId;
        IEnumerable<string> arguments = options.SelectMany(option => option[0] == '-' ? new[] { option } : ["-e", option]);
        _strace = new RunningProgram("strace", [.. arguments, "-o", _file, "-p", $"{processId}"]);
        Deadline.WaitUntil(
            () => _strace.Error.Contains("attached", StringComparison.Ordinal) || _strace.HasExited,
            "strace attaches",
            () => _strace.Transcript);
    }

    /// <summary>Whether strace has ended, as it does with the process, or was ended by disposing.</summary>
    public bool HasEnded => _isDisposed || _strace.HasExited;

    /// <summary>The trace until now.</summary>
    public Trace Read() => Trace.Parse(ReadText(), _processId);

    /// <summary>Waits until the process has ended, and returns its whole trace.</summary>
    public Trace ReadToEnd()
    {
        Deadline.WaitUntil(() => HasEnded, "strace ends", () => ReadText());
        return Read();
    }

    /// <summary>Waits until there have been this many stops.</summary>
    /// <returns>The id of the process that stopped last.</returns>
    public int WaitForStop(int times = 1)
    {
        Deadline.WaitUntil(() => Stops().Count >= times, "the process stops", ReadText);
        return Stops()[times - 1];
    }

    /// <summary>Continues the process after a stop that is still to come, from a thread of its own.</summary>
    /// <param name="times">Which stop of the process it is, counted from 1.</param>
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
    /// Kills strace. The processes stay as they are, stopped ones included: strace would continue them if it ended
    /// by itself.
    /// </summary>
    public void Detach()
    {
        _strace.Signal("KILL");
        _ = _strace.WaitForExit();
        Deadline.WaitUntil(
            () => ProcessTable.StateOf(_processId) is null || ProcessTable.StatusOf(_processId, "TracerPid") == "0",
            "strace detaches");
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
        [.. ReadText().Split('\n').Where(line => line.Contains(Stopped, StringComparison.Ordinal)).Select(ProcessIdOf)];

    private int ProcessIdOf(string line) =>
        char.IsAsciiDigit(line[0]) ? int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture) : _processId;

    private string ReadText() => Trace.ReadFile(_file);
}
