using System;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>A program on a pseudo-terminal of its own, as a person at a terminal starts it; uses script(1).</summary>
public sealed class Terminal : IDisposable
{
    /// <summary>What Ctrl-C sends.</summary>
    public const string ControlC = "\u0003";

    /// <summary>What Ctrl-D sends.</summary>
    public const string ControlD = "\u0004";

    /// <summary>Starts a program.</summary>
    /// <remarks>
    /// With exec, so that no shell stays beside the program: a shell would receive Ctrl-C as well and end by it.
    /// </remarks>
    /// <param name="commandLine">The program and its arguments, which a shell splits.</param>
    public Terminal(string commandLine) =>
        Program = new RunningProgram(
            "script", ["--quiet", "--return", "--flush", "--command", $"exec {commandLine}", "/dev/null"]);

    /// <summary>script(1), which holds the terminal.</summary>
    public RunningProgram Program { get; }

    /// <summary>The text that the terminal has shown until now.</summary>
    public string Screen => Program.Output;

    /// <summary>The program on the terminal.</summary>
    public int ProgramId
    {
        get
        {
            Deadline.WaitUntil(
                () => ProcessTable.ChildrenOf(Program.Id).Count == 1, "the program runs", () => Program.Transcript);
            return ProcessTable.ChildrenOf(Program.Id)[0];
        }
    }

    /// <summary>Keeps the terminal from taking output, as Ctrl-S does, or lets it; see tcflow(3).</summary>
    /// <param name="isHeld">Whether it takes none.</param>
    public void HoldOutput(bool isHeld)
    {
        const string Script = "import os, sys, termios; termios.tcflow(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), "
            + "termios.TCOOFF if sys.argv[2] == 'True' else termios.TCOON)";
        string device = ProcessTable.DescriptorsOf(ProgramId).Values.First(
            path => path.StartsWith("/dev/pts/", StringComparison.Ordinal));
        _ = ToolRun.Check("python3", "-c", Script, device, $"{isHeld}");
    }

    /// <summary>Types keys.</summary>
    public void Type(string keys) => Program.Type(keys);

    /// <summary>Waits until the screen shows a text.</summary>
    public void WaitFor(string text) =>
        Deadline.WaitUntil(
            () => Screen.Contains(text, StringComparison.Ordinal), $"the screen shows {text}", () => Program.Transcript);

    /// <summary>Waits until the program has ended.</summary>
    /// <returns>Its exit status.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        TestOutput.Write(Program.Transcript);
        Program.Dispose();
    }
}
