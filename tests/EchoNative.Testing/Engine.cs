using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Testing;

/// <summary>
/// One of the two engines: the commands that start its programs, and the words of its log that differ from those of the
/// other engine. All other words, and the behaviour, are the same.
/// </summary>
public sealed class Engine
{
    private Engine(bool forks, IReadOnlyList<string> command, IReadOnlyList<string> server, IReadOnlyList<string> client)
    {
        Forks = forks;
        Command = command;
        ServerCommand = server;
        ClientCommand = client;
    }

    /// <summary>The engine with a process for each client: bin/echo-server and bin/echo-client.</summary>
    public static Engine Native { get; } =
        new(forks: true, [Binary.Native], [Binary.Server], [Binary.Client]);

    /// <summary>
    /// The engine with a task for each client: bin/portable/echo-native.dll, run by the dotnet in PATH, or
    /// <see cref="Binary.Windows"/>.
    /// </summary>
    public static Engine Managed
    {
        get
        {
            string[] command = Binary.Windows is string program ? [program] : ["dotnet", Binary.Portable];
            return new Engine(forks: false, command, [.. command, "server"], [.. command, "client"]);
        }
    }

    /// <summary>Whether the server forks a process for each client, and the client one for its sender.</summary>
    public bool Forks { get; }

    /// <summary>The command that starts echo-native. Its first argument names a program, such as <c>server</c>.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>The command that starts the server, without the server's arguments.</summary>
    public IReadOnlyList<string> ServerCommand { get; }

    /// <summary>The command that starts the client, without the client's arguments.</summary>
    public IReadOnlyList<string> ClientCommand { get; }

    /// <summary>The command that starts the server, as a line for a shell.</summary>
    public string ServerLine => string.Join(' ', ServerCommand);

    /// <summary>The command that starts the client, as a line for a shell.</summary>
    public string ClientLine => string.Join(' ', ClientCommand);

    /// <summary>Matches the process in a session's line, before its numbers; a regular expression.</summary>
    public string ProcessPattern => Forks ? @"pid \d+, " : "";

    /// <summary>Matches the start of the line about a client that was removed; a regular expression.</summary>
    public string RemovedPattern => Forks ? @"removed proc id: \d+" : @"removed client: [^ ]+:\d+";

    /// <summary>The words with which the line about a client that was removed begins.</summary>
    public string RemovedWords => Forks ? "removed proc id: " : "removed client: ";

    /// <summary>The number of rounds for a test that starts its program in each: starting dotnet takes much longer.</summary>
    /// <param name="native">The number of rounds for the native engine.</param>
    public int Rounds(int native) => Forks ? native : native / 8;

    /// <summary>The process in a session's line, before its numbers.</summary>
    /// <param name="processId">The process that serves it; not used if the engine does not fork.</param>
    public string ProcessOf(int processId) => Forks ? string.Create(CultureInfo.InvariantCulture, $"pid {processId}, ") : "";

    /// <summary>The line about a client that was removed.</summary>
    /// <param name="peer">The address of the client; not used if the engine forks.</param>
    /// <param name="processId">The process that served it; not used if the engine does not fork.</param>
    public string Removed(string peer, int processId) =>
        Forks ? string.Create(CultureInfo.InvariantCulture, $"{RemovedWords}{processId}") : RemovedWords + peer;

    /// <summary>The signal that asks a server to stop. Wine passes only Ctrl-C on: other signals end Wine itself.</summary>
    /// <param name="signal">The signal that is meant, without SIG.</param>
    public string StopSignal(string signal = "TERM") => !Forks && Binary.Windows is not null ? "INT" : signal;

    /// <summary>The end of the line about a client whose session the server had to end.</summary>
    /// <param name="signal">The signal that the server sends for that, without SIG; not used if the engine does not fork.</param>
    public string EndedBy(string signal) => Forks ? $" (killed by SIG{signal})" : " (ended)";
}
