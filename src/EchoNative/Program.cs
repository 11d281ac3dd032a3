using System;
using EchoNative.Cli;

namespace EchoNative;

/// <summary>The one executable for all commands.</summary>
internal static class Program
{
    internal static int Main(string[] arguments)
    {
        Invocation invocation = Invocation.Find(Environment.GetCommandLineArgs()[0], arguments);
        return new BuiltEngine().Run(invocation);
    }
}
