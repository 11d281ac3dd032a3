using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace EchoNative.Testing;

/// <summary>
/// echo-server on a free port, ready for clients. Its log is part of the message of a failed test.
/// </summary>
public sealed class RunningServer : IDisposable
{
    private const string Listening = @"^listening on .*:(\d+)$";

    private readonly Engine _engine;

    /// <summary>Starts it on port 0 and waits until it says on which port it listens.</summary>
    /// <param name="options">Options before the port.</param>
    public RunningServer(params IEnumerable<string> options)
        : this(Engine.Native, options)
    {
    }

    /// <summary>Starts the server of an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="options">Options before the port.</param>
    public RunningServer(Engine engine, params IEnumerable<string> options)
        : this(engine, engine.ServerCommand[0], [.. engine.ServerCommand.Skip(1), .. options])
    {
    }

    /// <summary>Starts it through another program, such as strace.</summary>
    /// <param name="path">The program to start.</param>
    /// <param name="arguments">Its arguments without the port, which is added.</param>
    /// <param name="listening">Matches the line that says the port, which is the first group.</param>
    public RunningServer(
        string path, IEnumerable<string> arguments, [StringSyntax(StringSyntaxAttribute.Regex)] string listening = Listening)
        : this(Engine.Native, path, arguments, listening)
    {
    }

    /// <summary>Starts the server of an engine through another program.</summary>
    /// <param name="engine">The engine, for the words of the log and the signal that stops the server.</param>
    /// <param name="path">The program to start.</param>
    /// <param name="arguments">Its arguments without the port, which is added.</param>
    /// <param name="listening">Matches the line that says the port, which is the first group.</param>
    public RunningServer(
        Engine engine,
        string path,
        IEnumerable<string> arguments,
        [StringSyntax(StringSyntaxAttribute.Regex)] string listening = Listening)
    {
        _engine = engine;
        Regex listeningLine = new(listening, RegexOptions.Multiline);
        Program = new RunningProgram(path, arguments.Append("0"));
        try
        {
            Deadline.WaitUntil(
                () => Program.HasExited || listeningLine.IsMatch(Program.Output), "the server listens", () => Program.Transcript);
            Match line = listeningLine.Match(Program.Output);
            Port = line.Success
                ? int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"the server did not start\n{Program.Transcript}");
        }
        catch
        {
            // The caller never gets the object, so it can't dispose of it.
            Program.Dispose();
            throw;
        }
    }

    /// <summary>The process that was started: the server, or the program that it was started through.</summary>
    public RunningProgram Program { get; }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The lines of its standard output until now.</summary>
    public IReadOnlyList<string> Lines => [.. Program.Output.Split('\n').SkipLast(1)];

    /// <summary>The lines of the log that say that a client was removed.</summary>
    public IReadOnlyList<string> RemovedLines =>
        [.. Lines.Where(line => line.StartsWith(_engine.RemovedWords, StringComparison.Ordinal))];

    /// <summary>Connects to it over loopback.</summary>
    /// <param name="address">The address to connect to.</param>
    public Socket Connect(string address = "127.0.0.1") => Loopback.Connect(address, Port);

    /// <summary>Connects, checks that a text comes back, and closes.</summary>
    /// <param name="address">The address to connect to.</param>
    public void AssertServes(string address = "127.0.0.1") => Loopback.AssertServes(Port, address);

    /// <summary>Waits until it has forked a child, and checks that it has no other.</summary>
    /// <returns>The process id of the child.</returns>
    public int WaitForChild()
    {
        IReadOnlyList<int> children = [];
        Deadline.WaitUntil(
            () => (children = ProcessTable.ChildrenOf(Program.Id)).Count == 1,
            "the server has one child",
            () => Program.Transcript);
        return children[0];
    }

    /// <summary>Waits until the log has a line that matches a regular expression.</summary>
    /// <returns>The first such line.</returns>
    public string WaitForLine(string pattern)
    {
        Regex regex = new(pattern);
        Deadline.WaitUntil(() => Lines.Any(regex.IsMatch), $"the server says {pattern}", () => Program.Transcript);
        return Lines.First(regex.IsMatch);
    }

    /// <summary>
    /// Waits until the log says of this number of clients that they are connected. A child says it itself, after it has
    /// closed the descriptors that only its parent needs.
    /// </summary>
    public void WaitForConnected(int count) =>
        Deadline.WaitUntil(
            () => Lines.Count(line => line.StartsWith("new client connected... ", StringComparison.Ordinal)) >= count,
            $"{count} clients are connected",
            () => Program.Transcript);

    /// <summary>Waits until the log says that this number of clients was removed.</summary>
    public void WaitForRemoved(int count) =>
        Deadline.WaitUntil(() => RemovedLines.Count >= count, $"{count} clients are removed", () => Program.Transcript);

    /// <summary>Asks it to end by <see cref="Engine.StopSignal"/> and waits until it has.</summary>
    /// <returns>The exit status.</returns>
    public int Stop()
    {
        Program.Signal(_engine.StopSignal());
        return Program.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TestOutput.Write(Program.Transcript);
        Program.Dispose();
    }
}
