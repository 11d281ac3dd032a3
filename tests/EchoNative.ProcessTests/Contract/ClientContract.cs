using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// What the client of each engine does. The server is a script of the test, or the native server. A derived class runs
/// the tests with one engine.
/// </summary>
/// <param name="client">The engine of the client.</param>
public abstract class ClientContract(Engine client)
{
    /// <summary>The engine of the client.</summary>
    protected Engine Client => client;

    /// <summary>Starts the native server on a free port and waits until it listens.</summary>
    protected static RunningServer Serve(params IEnumerable<string> options) => new(options);

    /// <summary>Starts the client.</summary>
    protected RunningClient Connect(int port, params IEnumerable<string> options) => new(client, port, options);

    /// <summary>Starts the client with these arguments, which may be wrong.</summary>
    protected RunningProgram RunClient(params IEnumerable<string> arguments) =>
        new(client.ClientCommand[0], client.ClientCommand.Skip(1).Concat(arguments));

    /// <summary>
    /// Starts the client in a mount namespace of its own, with another /etc/hosts, and without name servers: what they
    /// answer differs between networks.
    /// </summary>
    protected RunningProgram WithHosts(string hosts, params IEnumerable<string> arguments)
    {
        const string Script = """
            folder=$(mktemp -d) && printf '%s' "$1" >"$folder/hosts" && : >"$folder/resolv.conf" || exit 99
            mount --bind "$folder/hosts" /etc/hosts && mount --bind "$folder/resolv.conf" /etc/resolv.conf || exit 99
            rm "$folder/resolv.conf" "$folder/hosts" 2>/dev/null
            shift
            exec "$@"
            """;
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        return new RunningProgram(
            "unshare", [.. namespaces, "sh", "-c", Script, "sh", hosts, .. client.ClientCommand, .. arguments]);
    }
}
