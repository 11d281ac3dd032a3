using System;
using System.Globalization;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>A server behind a load balancer that is stopped and started again on the same port.</summary>
internal sealed class RestartedServer : IDisposable
{
    private readonly string[] _options;
    private RunningProgram _program;

    /// <summary>Starts it with the options of docs/operating.md, on a free port, and waits until it listens.</summary>
    public RestartedServer()
    {
        string command = OperatingPage.Commands.First(line => line.StartsWith("echo-server ", StringComparison.Ordinal));
        _options = command.Split(' ')[1..^1];
        _program = Start();
    }

    /// <summary>Its port.</summary>
    public int Port { get; } = Loopback.FreePort();

    /// <summary>How often it had sessions when it was stopped. They go on until their clients end them.</summary>
    public int StopsWithSessions { get; private set; }

    /// <summary>Stops it while clients wait in its queue, and starts it again.</summary>
    public void Restart()
    {
        // A busy machine may keep it from running just then.
        _program.Signal("STOP");
        Deadline.WaitUntil(() => ConnectionTable.HasWaiting(Port), "a client waits");
        _program.Signal("TERM");
        _program.Signal("CONT");
        WaitForEnd();
        _program.Dispose();
        _program = Start();
    }

    /// <summary>Stops it by SIGTERM.</summary>
    /// <exception cref="InvalidOperationException">Its exit status is not 0, or it reports an error.</exception>
    public void Stop()
    {
        _program.Signal("TERM");
        WaitForEnd();
    }

    /// <inheritdoc/>
    public void Dispose() => _program.Dispose();

    private void WaitForEnd()
    {
        int status = _program.WaitForExit();
        StopsWithSessions += _program.Output.Contains("\nstopping", StringComparison.Ordinal) ? 1 : 0;
        if (status != 0 || _program.Error.Length > 0)
        {
            throw new InvalidOperationException($"a server ends with status {status}\n{_program.Transcript}");
        }
    }

    private RunningProgram Start()
    {
        RunningProgram program = new(Binary.Server, [.. _options, Port.ToString(CultureInfo.InvariantCulture)]);
        Deadline.WaitUntil(
            () => program.Output.StartsWith("listening on ", StringComparison.Ordinal),
            "the server listens",
            () => program.Transcript);
        return program;
    }
}
