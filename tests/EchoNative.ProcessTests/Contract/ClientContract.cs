using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// What the client of every engine does, whatever the server is. Who derives from it runs its tests with one of them.
/// </summary>
/// <param name="client">The engine.</param>
public abstract class ClientContract(Engine client)
{
    /// <summary>Whose client it is.</summary>
    protected Engine Client => client;

    /// <summary>Starts its client.</summary>
    protected RunningClient Connect(int port, params IEnumerable<string> options) => new(client, port, options);

    /// <summary>Starts its client with these arguments, which need not make it start.</summary>
    protected RunningProgram RunClient(params IEnumerable<string> arguments) =>
        new(client.ClientCommand[0], client.ClientCommand.Skip(1).Concat(arguments));

    /// <summary>
    /// Starts its client in a mount namespace of its own, where /etc/hosts says what the test says. A name server is not
    /// asked for what is not there: it might answer, or not, as it likes.
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
        return new RunningProgram("unshare", [.. namespaces, "sh", "-c", Script, "sh", hosts, .. client.ClientCommand, .. arguments]);
    }
}
