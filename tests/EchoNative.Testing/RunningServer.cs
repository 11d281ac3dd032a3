using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;

namespace EchoNative.Testing;

/// <summary>
/// echo-server on a free port, ready for clients. Its log is part of every failure's message.
/// </summary>
public sealed class RunningServer : IDisposable
{
    private const string Listening = @"^listening on .*:(\d+)$";

    private readonly string _removedWords;

    /// <summary>Starts it on port 0 and waits until it says on which port it listens.</summary>
    /// <param name="options">Options before the port.</param>
    public RunningServer(params IEnumerable<string> options)
        : this(Engine.Native, options)
    {
    }

    /// <summary>Starts that of an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="options">Options before the port.</param>
    public RunningServer(Engine engine, params IEnumerable<string> options)
        : this(engine, engine.ServerCommand[0], [.. engine.ServerCommand.Skip(1), .. options])
    {
    }

    /// <summary>Starts it by way of another program, such as strace.</summary>
    /// <param name="path">The program to start.</param>
    /// <param name="arguments">Its arguments, up to the port, which is added.</param>
    /// <param name="listening">What its line looks like that tells the port, which is the first group.</param>
    public RunningServer(
        string path, IEnumerable<string> arguments, [StringSyntax(StringSyntaxAttribute.Regex)] string listening = Listening)
        : this(Engine.Native, path, arguments, listening)
    {
    }

    /// <summary>Starts that of an engine by way of another program.</summary>
    /// <param name="engine">The engine, whose words it speaks.</param>
    /// <param name="path">The program to start.</param>
    /// <param name="arguments">Its arguments, up to the port, which is added.</param>
    /// <param name="listening">What its line looks like that tells the port, which is the first group.</param>
    public RunningServer(
        Engine engine,
        string path,
        IEnumerable<string> arguments,
        [StringSyntax(StringSyntaxAttribute.Regex)] string listening = Listening)
    {
        _removedWords = engine.RemovedWords;
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
            // Nobody else will: who can't be constructed is not disposed of.
            Program.Dispose();
            throw;
        }
    }

    /// <summary>The process; where it was started by way of another program, that one.</summary>
    public RunningProgram Program { get; }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>The lines of its standard output until now.</summary>
    public IReadOnlyList<string> Lines => [.. Program.Output.Split('\n').SkipLast(1)];

    /// <summary>The clients that were removed until now, as children or by their address, with what is said of each.</summary>
    public IReadOnlyList<string> RemovedLines => [.. Lines.Where(line => line.StartsWith(_removedWords, StringComparison.Ordinal))];

    /// <summary>Connects over loopback.</summary>
    /// <param name="address">The address to connect to.</param>
    public Socket Connect(string address = "127.0.0.1") => Loopback.Connect(address, Port);

    /// <summary>Waits until the log has a line that matches.</summary>
    public string WaitForLine(string pattern)
    {
        Regex regex = new(pattern);
        Deadline.WaitUntil(() => Lines.Any(regex.IsMatch), $"the server says {pattern}", () => Program.Transcript);
        return Lines.First(regex.IsMatch);
    }

    /// <summary>
    /// Waits until so many clients were told of as connected. Children say it themselves, in an order that
    /// is up to the scheduler, and each when it has closed what is not its own.
    /// </summary>
    public void WaitForConnected(int count) =>
        Deadline.WaitUntil(
            () => Lines.Count(line => line.StartsWith("new client connected... ", StringComparison.Ordinal)) >= count,
            $"{count} clients are connected",
            () => Program.Transcript);

    /// <summary>Waits until so many clients have been removed.</summary>
    public void WaitForRemoved(int count) =>
        Deadline.WaitUntil(() => RemovedLines.Count >= count, $"{count} clients are removed", () => Program.Transcript);

    /// <summary>Asks it to end by SIGTERM and waits until it has.</summary>
    /// <returns>The exit status.</returns>
    public int Stop()
    {
        Program.Signal("TERM");
        return Program.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // xunit shows a test's output when the test fails.
        TestContext.Current.TestOutputHelper?.WriteLine(Program.Transcript);
        Program.Dispose();
    }
}
