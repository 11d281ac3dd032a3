using System.Collections.Generic;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>
/// What client and server do together, whichever engine each of them is of. Who derives from it runs its tests with one
/// pair.
/// </summary>
/// <param name="client">The client's engine.</param>
/// <param name="server">The server's engine.</param>
public abstract class PairContract(Engine client, Engine server) : ClientContract(client)
{
    /// <summary>Whose server it is.</summary>
    protected Engine Server => server;

    /// <summary>Starts the server on a free port and waits until it listens.</summary>
    protected RunningServer Serve(params IEnumerable<string> options) => new(server, options);
}
