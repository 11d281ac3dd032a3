using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>
/// A program under <c>strace -f</c>, whose options may make some of its system calls fail. strace ends when all processes
/// of the program have ended, with the exit status of the first.
/// </summary>
public sealed class TracedProgram : IDisposable
{
    private const string ShownCharacters = "200";
    private const int ShownEvents = 60;

    private readonly string _file = Path.GetTempFileName();

    /// <summary>Starts it.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="straceOptions">Further options of strace, such as <c>-e inject=...</c>.</param>
    /// <param name="inputFile">The file that is its standard input; null for <see cref="RunningProgram.Input"/>.</param>
    public TracedProgram(
        string path, IEnumerable<string> arguments, IEnumerable<string>? straceOptions = null, string? inputFile = null)
    {
        IEnumerable<string> command = inputFile is null
            ? [path, .. arguments]
            : ["sh", "-c", "input=$1; shift; exec \"$@\" <\"$input\"", "sh", inputFile, path, .. arguments];
        Program = new RunningProgram(
            "strace", ["-f", "-s", ShownCharacters, "-o", _file, .. straceOptions ?? [], "--", .. command]);
    }

    /// <summary>strace, whose standard streams the program shares.</summary>
    public RunningProgram Program { get; }

    /// <summary>The process id of the program itself, for signals: strace does not pass signals on.</summary>
    public int Id
    {
        get
        {
            Deadline.WaitUntil(() => ReadTrace().Events.Count > 0, "strace has written something", () => Program.Transcript);
            return ReadTrace().Main;
        }
    }

    /// <summary>The trace until now.</summary>
    public Trace ReadTrace() => Trace.Parse(Trace.ReadFile(_file));

    /// <summary>Waits until the trace has such an event.</summary>
    public void WaitFor(Func<TraceEvent, bool> condition, string what) =>
        Deadline.WaitUntil(() => ReadTrace().Events.Any(condition), what, () => $"{Program.Transcript}\n{ReadTrace()}");

    /// <summary>Waits until all its processes have ended.</summary>
    /// <returns>The exit status of the first one.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Killing strace alone would leave its tracees running.
        foreach (int processId in ProcessTable.DescendantsOf(Program.Id))
        {
            RunningProgram.Send(processId, "KILL");
        }

        TestOutput.Write($"{Program.Transcript}\n{string.Join('\n', ReadTrace().Events.TakeLast(ShownEvents))}");
        Program.Dispose();
        File.Delete(_file);
    }
}
