using System;
using System.Collections.Generic;

namespace EchoNative.Benchmark;

/// <summary>A server to measure, and how it is started.</summary>
/// <param name="Name">Its name in the results.</param>
/// <param name="Command">Makes the command from the port and the path of a configuration file.</param>
internal sealed record ServerProgram(string Name, Func<int, string, IReadOnlyList<string>> Command)
{
    /// <summary>Whether it accepts port 0 and writes the same log as our server, so that the log can be checked.</summary>
    public bool HasOurLog { get; init; }

    /// <summary>The only port it can serve; 0 if it can serve any.</summary>
    public int FixedPort { get; init; }

    /// <summary>The content of its configuration file; null if it has none.</summary>
    public string? Configuration { get; init; }

    public override string ToString() => Name;
}
