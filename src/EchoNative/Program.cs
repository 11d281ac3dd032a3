using System;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative;

/// <summary>The one executable for all commands.</summary>
internal static class Program
{
    internal static int Main(string[] arguments)
    {
        Invocation invocation = Invocation.Find(Environment.GetCommandLineArgs()[0], arguments);

        // The only entry to the managed engine. The binary for Linux is built without the feature, and the compiler removes
        // the branch and the engine: docs/decisions/0011.
        if (BuildFeatures.HasManagedEngine && ManagedEngine.Runs(invocation.Command))
        {
            return new ManagedEngine().Run(invocation);
        }

        return new NativeEngine().Run(invocation);
    }
}
