using System;
using System.Collections.Generic;

namespace EchoNative.Bench;

/// <summary>A server that can be measured, and how it is started.</summary>
/// <param name="Name">What it is called in the results.</param>
/// <param name="Command">The command, by port and by the path of a configuration file.</param>
internal sealed record ServerProgram(string Name, Func<int, string, IReadOnlyList<string>> Command)
{
    /// <summary>Whether it takes port 0 and says the textbook's words, so that its log can be checked.</summary>
    public bool SpeaksOurWords { get; init; }

    /// <summary>The one port it can serve; 0 where it takes any.</summary>
    public int FixedPort { get; init; }

    /// <summary>What must stand in its configuration file, if it has one.</summary>
    public string? Configuration { get; init; }

    public override string ToString() => Name;
}
