using System;
using System.Collections.Generic;
using System.Globalization;
using Xunit;

namespace EchoNative.Testing;

/// <summary>echo-client, connected to a port of this machine.</summary>
public sealed class RunningClient : IDisposable
{
    /// <summary>Starts it.</summary>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="options">Its options.</param>
    public RunningClient(int port, params IEnumerable<string> options) =>
        Program = new RunningProgram(Binary.Client, [.. options, "127.0.0.1", port.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>The receiving process.</summary>
    public RunningProgram Program { get; }

    /// <summary>What it has shown until now.</summary>
    public string Output => Program.Output;

    /// <summary>What it has complained of until now.</summary>
    public string Error => Program.Error;

    /// <summary>The sending process, as soon as it is there.</summary>
    public int WaitForSender()
    {
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(Program.Id).Count == 1, "the client has forked", () => Program.Transcript);
        return ProcessTable.ChildrenOf(Program.Id)[0];
    }

    /// <summary>Writes bytes to its standard input and ends it.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Program.Input.Write(bytes);
        Program.Input.Close();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit status.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Program.Transcript);
        Program.Dispose();
    }
}
