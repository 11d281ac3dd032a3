using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Testing;

/// <summary>
/// One of the two engines: how its programs are started, and its words where a process has to be told from a task. In
/// all others, and in what they do, the two are the same.
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

    /// <summary>A process for each client: bin/echo-server and bin/echo-client.</summary>
    public static Engine Native { get; } =
        new(forks: true, [Binary.Native], [Binary.Server], [Binary.Client]);

    /// <summary>A task for each client: bin/portable/echo-native.dll, run by the dotnet of the search path.</summary>
    public static Engine Managed =>
        new(forks: false, ["dotnet", Binary.Portable], ["dotnet", Binary.Portable, "server"], ["dotnet", Binary.Portable, "client"]);

    /// <summary>Whether each client has a process of its own, and the client's sender too.</summary>
    public bool Forks { get; }

    /// <summary>The words that start the program under its own name, which wants a command as its first argument.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>The words that start the server; its arguments follow.</summary>
    public IReadOnlyList<string> ServerCommand { get; }

    /// <summary>The words that start the client; its arguments follow.</summary>
    public IReadOnlyList<string> ClientCommand { get; }

    /// <summary>What starts the server in a line of a shell.</summary>
    public string ServerLine => string.Join(' ', ServerCommand);

    /// <summary>What starts the client in a line of a shell.</summary>
    public string ClientLine => string.Join(' ', ClientCommand);

    /// <summary>What stands in a session's line before its numbers; a regular expression.</summary>
    public string AnyProcess => Forks ? @"pid \d+, " : "";

    /// <summary>How the line about any client that was removed begins; a regular expression.</summary>
    public string AnyRemoved => Forks ? @"removed proc id: \d+" : @"removed client: [^ ]+:\d+";

    /// <summary>The words before that which was removed.</summary>
    public string RemovedWords => Forks ? "removed proc id: " : "removed client: ";

    /// <summary>How often to do what starts its program each time: dotnet takes many times as long as a process of one file.</summary>
    /// <param name="many">How often where that costs next to nothing.</param>
    public int RoundsOf(int many) => Forks ? many : many / 8;

    /// <summary>What stands in a session's line before its numbers.</summary>
    /// <param name="processId">The process that serves it; of no meaning where none does.</param>
    public string ProcessOf(int processId) => Forks ? string.Create(CultureInfo.InvariantCulture, $"pid {processId}, ") : "";

    /// <summary>The line about a client that was removed.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The process that served it; of no meaning where none does.</param>
    public string Removed(string peer, int processId) =>
        Forks ? string.Create(CultureInfo.InvariantCulture, $"{RemovedWords}{processId}") : RemovedWords + peer;

    /// <summary>What is said of a session that the server had to end.</summary>
    /// <param name="signal">The signal that it takes for that, where it takes one; without SIG.</param>
    public string EndedBy(string signal) => Forks ? $" (killed by SIG{signal})" : " (ended)";
}
