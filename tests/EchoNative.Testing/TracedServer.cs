using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace EchoNative.Testing;

/// <summary>echo-server on a free port under strace, ready for clients.</summary>
public sealed partial class TracedServer : IDisposable
{
    private readonly TracedProgram _traced;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="straceOptions">Options of strace, such as <c>-e inject=...</c>.</param>
    public TracedServer(params string[] straceOptions)
        : this(straceOptions, [])
    {
    }

    /// <summary>Starts it with options of its own, and waits until it listens.</summary>
    /// <param name="straceOptions">Options of strace.</param>
    /// <param name="options">Options of the server.</param>
    public TracedServer(IEnumerable<string> straceOptions, IEnumerable<string> options)
    {
        _traced = new TracedProgram(Binary.Server, [.. options, "0"], straceOptions);
        try
        {
            // The port is read from the trace: a test may make the writing of the log fail.
            Match? line = null;
            Deadline.WaitUntil(
                () =>
                {
                    // In this order: a server that has ended has written its whole trace before.
                    bool ended = _traced.Program.HasExited;
                    line = ReadTrace().Calls.Select(call => LocalPort().Match(call.Text)).FirstOrDefault(match => match.Success);
                    return ended || line is not null;
                },
                "the server listens",
                () => _traced.Program.Transcript);
            Port = line is null
                ? throw new InvalidOperationException($"the server did not start\n{_traced.Program.Transcript}")
                : int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
        }
        catch
        {
            _traced.Dispose();
            throw;
        }
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The process id of the server's parent.</summary>
    public int Id => _traced.Id;

    /// <summary>What it has written to standard output until now.</summary>
    public string Output => _traced.Program.Output;

    /// <summary>What it has written to standard error until now.</summary>
    public string Error => _traced.Program.Error;

    /// <summary>The trace until now.</summary>
    public Trace ReadTrace() => _traced.ReadTrace();

    /// <summary>Waits until the trace has such an event.</summary>
    public void WaitFor(Func<TraceEvent, bool> condition, string what) => _traced.WaitFor(condition, what);

    /// <summary>Connects to it over loopback.</summary>
    public Socket Connect() => Loopback.Connect(Port);

    /// <summary>Connects, sends the text, half-closes, and returns everything that comes back.</summary>
    public string Echo(string text)
    {
        using Socket client = Connect();
        _ = client.Send(Encoding.ASCII.GetBytes(text));
        client.Shutdown(SocketShutdown.Send);
        return Loopback.ReceiveAll(client);
    }

    /// <summary>Waits until the server has removed this number of children.</summary>
    public void WaitForRemoved(int count) =>
        Deadline.WaitUntil(
            () => ReadTrace().Calls.Count(call => call.Name == "wait4" && call.Value > 0) >= count,
            $"{count} children are removed",
            () => ReadTrace().ToString());

    /// <summary>Sends it a signal.</summary>
    /// <param name="signal">Its name without SIG.</param>
    public void Signal(string signal) => RunningProgram.Send(Id, signal);

    /// <summary>Waits until it and all its children have ended. Throws if its exit status is another one.</summary>
    public Trace WaitForExit(int expectedStatus = 0)
    {
        int status = _traced.WaitForExit();
        Trace trace = ReadTrace();
        return status == expectedStatus && trace.NeverEnded.Count == 0
            ? trace
            : throw new InvalidOperationException($"the server ended with {status}\n{_traced.Program.Transcript}\n{trace}");
    }

    /// <summary>Asks it to end by SIGTERM, and waits until it has.</summary>
    public Trace Stop()
    {
        Signal("TERM");
        return WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose() => _traced.Dispose();

    [GeneratedRegex(@"^getsockname\(.*sin6?_port=htons\((\d+)\)")]
    private static partial Regex LocalPort();
}
