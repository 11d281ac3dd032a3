using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Xunit;

namespace EchoNative.Testing;

/// <summary>echo-client, connected to a port of this machine.</summary>
public sealed class RunningClient : IDisposable
{
    private readonly Engine _engine;

    /// <summary>Starts it.</summary>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="options">Its options.</param>
    public RunningClient(int port, params IEnumerable<string> options)
        : this(Engine.Native, port, options)
    {
    }

    /// <summary>Starts that of an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="options">Its options.</param>
    public RunningClient(Engine engine, int port, params IEnumerable<string> options)
    {
        _engine = engine;
        Program = new RunningProgram(
            engine.ClientCommand[0],
            [.. engine.ClientCommand.Skip(1), .. options, "127.0.0.1", port.ToString(CultureInfo.InvariantCulture)]);
    }

    /// <summary>The process that was started, which receives.</summary>
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

    /// <summary>The processes that it has beside itself once it is connected: the sender, where its engine forks.</summary>
    public IReadOnlyList<int> WaitForFamily() => _engine.Forks ? [WaitForSender()] : [];

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
