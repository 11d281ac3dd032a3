using System;
using Xunit;

namespace EchoNative.Testing;

/// <summary>A command on a pseudo-terminal of its own, as a person starts it; by script(1).</summary>
public sealed class Terminal : IDisposable
{
    /// <summary>What Ctrl-C sends.</summary>
    public const string ControlC = "\u0003";

    /// <summary>What Ctrl-D sends.</summary>
    public const string ControlD = "\u0004";

    /// <summary>Starts a program.</summary>
    /// <remarks>
    /// By exec, so that no shell stays between: some shells do that by themselves, others would get the Ctrl-C as
    /// well and end by it.
    /// </remarks>
    /// <param name="commandLine">The program and its arguments, as the shell splits them.</param>
    public Terminal(string commandLine) =>
        Program = new RunningProgram("script", ["--quiet", "--return", "--flush", "--command", $"exec {commandLine}", "/dev/null"]);

    /// <summary>The program that holds the terminal.</summary>
    public RunningProgram Program { get; }

    /// <summary>What stands on the screen.</summary>
    public string Screen => Program.Output;

    /// <summary>Presses keys.</summary>
    public void Type(string keys) => Program.Type(keys);

    /// <summary>Waits until the screen shows something.</summary>
    public void WaitFor(string text) =>
        Deadline.WaitUntil(() => Screen.Contains(text, StringComparison.Ordinal), $"the screen shows {text}", () => Program.Transcript);

    /// <summary>Waits until the command has ended.</summary>
    /// <returns>Its exit status.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Program.Transcript);
        Program.Dispose();
    }
}
