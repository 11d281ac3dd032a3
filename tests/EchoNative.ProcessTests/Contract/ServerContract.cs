using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>What the server of each engine does. A derived class runs the tests with one engine.</summary>
/// <param name="engine">The engine.</param>
public abstract class ServerContract(Engine engine)
{
    /// <summary>The engine of the server.</summary>
    protected Engine Engine => engine;

    /// <summary>Starts the server on a free port and waits until it listens.</summary>
    protected RunningServer Start(params IEnumerable<string> options) => new(engine, options);

    /// <summary>Starts the server with these arguments, which may be wrong.</summary>
    protected RunningProgram RunServer(params IEnumerable<string> arguments) =>
        new(engine.ServerCommand[0], engine.ServerCommand.Skip(1).Concat(arguments));
}
