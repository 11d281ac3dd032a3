using System;
using System.Collections.Generic;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>A command of the system that must be installed and must succeed.</summary>
internal static class SystemCommand
{
    /// <summary>Runs it.</summary>
    /// <returns>Its standard output.</returns>
    public static string Run(string name, params IEnumerable<string> arguments)
    {
        using RunningProgram program = new(Tool.Find(name, name == "ip" ? "iproute2" : "util-linux"), arguments);
        return program.WaitForExit() == 0
            ? program.Output
            : throw new InvalidOperationException($"{name} {string.Join(' ', arguments)}\n{program.Transcript}");
    }
}
