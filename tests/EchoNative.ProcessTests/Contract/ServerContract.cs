using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>What the server of every engine does. Who derives from it runs its tests with one of them.</summary>
/// <param name="engine">The engine.</param>
public abstract class ServerContract(Engine engine)
{
    /// <summary>Whose server it is.</summary>
    protected Engine Engine => engine;

    /// <summary>Starts its server on a free port and waits until it listens.</summary>
    protected RunningServer Start(params IEnumerable<string> options) => new(engine, options);

    /// <summary>Starts its server with these arguments, which need not make it start.</summary>
    protected RunningProgram RunServer(params IEnumerable<string> arguments) =>
        new(engine.ServerCommand[0], engine.ServerCommand.Skip(1).Concat(arguments));
}
