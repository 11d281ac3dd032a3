using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>echo-client, connected to a port of this machine.</summary>
public sealed class RunningClient : IDisposable
{
    private readonly Engine _engine;

    /// <summary>Starts the native client.</summary>
    /// <param name="port">The server's port on 127.0.0.1.</param>
    /// <param name="options">Its options.</param>
    public RunningClient(int port, params IEnumerable<string> options)
        : this(Engine.Native, port, options)
    {
    }

    /// <summary>Starts the client of an engine.</summary>
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

    /// <summary>The process that was started, which is the one that receives.</summary>
    public RunningProgram Program { get; }

    /// <summary>Its standard output until now.</summary>
    public string Output => Program.Output;

    /// <summary>Its standard error until now.</summary>
    public string Error => Program.Error;

    /// <summary>Waits until the client has forked.</summary>
    /// <returns>The process id of the sender.</returns>
    public int WaitForSender()
    {
        Deadline.WaitUntil(
            () => ProcessTable.ChildrenOf(Program.Id).Count == 1, "the client has forked", () => Program.Transcript);
        return ProcessTable.ChildrenOf(Program.Id)[0];
    }

    /// <summary>Waits until the client has all its processes.</summary>
    /// <returns>The process ids of its children: the sender, or none where the engine does not fork.</returns>
    public IReadOnlyList<int> WaitForChildren() => _engine.Forks ? [WaitForSender()] : [];

    /// <summary>Writes bytes to its standard input and closes it.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Program.Input.Write(bytes);
        Program.Input.Close();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>The exit status.</returns>
    public int WaitForExit() => Program.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        TestOutput.Write(Program.Transcript);
        Program.Dispose();
    }
}
