using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace EchoNative.Testing;

/// <summary>
/// A program that runs under <c>strace -f</c>, which may be told to make some of its system calls fail. strace
/// ends when all processes of the program have, with the exit status of the first.
/// </summary>
public sealed class TracedProgram : IDisposable
{
    private const string ShownCharacters = "200";
    private const int ShownEvents = 60;

    private readonly string _file = Path.GetTempFileName();

    /// <summary>Starts it.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="straceOptions">What strace is told beyond following forks, such as <c>-e inject=...</c>.</param>
    /// <param name="inputFile">Its standard input; null for a pipe, see <see cref="RunningProgram.Input"/>.</param>
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

    /// <summary>The program's own process id, for signals: strace passes none on.</summary>
    public int Id
    {
        get
        {
            Deadline.WaitUntil(() => ReadTrace().Events.Count > 0, "strace has written something", () => Program.Transcript);
            return ReadTrace().Main;
        }
    }

    /// <summary>What strace has written until now.</summary>
    public Trace ReadTrace()
    {
        using FileStream file = new(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return Trace.Parse(reader.ReadToEnd());
    }

    /// <summary>Waits until the trace has such an event.</summary>
    public void WaitFor(Func<TraceEvent, bool> condition, string what) =>
        Deadline.WaitUntil(() => ReadTrace().Events.Any(condition), what, () => $"{Program.Transcript}\n{ReadTrace()}");

    /// <summary>Waits until all its processes have ended.</summary>
    /// <returns>The exit status of the first.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Without strace its tracees would go on alone.
        foreach (int processId in ProcessTable.DescendantsOf(Program.Id))
        {
            RunningProgram.Send(processId, "KILL");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Program.Transcript}\n{string.Join('\n', ReadTrace().Events.TakeLast(ShownEvents))}");
        Program.Dispose();
        File.Delete(_file);
    }
}
