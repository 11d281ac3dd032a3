using System;
using System.Collections.Generic;
using System.Linq;

namespace EchoNative.PackageTests;

/// <summary>An example of a manual page: input follows a <c>$</c>, and the other lines are output.</summary>
internal sealed class Example
{
    private static readonly string[] s_servers = ["echo-server ", "echo-native server "];

    private readonly List<string> _typed = [];
    private readonly List<string> _shown = [];

    /// <summary>The command lines, as a script.</summary>
    public string Script => string.Join('\n', _typed);

    /// <summary>The output that the page shows; empty if it shows none.</summary>
    public string Shown => string.Concat(_shown);

    /// <summary>Whether it only starts a server, which ends when it is asked to.</summary>
    public bool Serves =>
        !Script.Contains('&', StringComparison.Ordinal)
        && s_servers.Any(($"{Script} ").Contains);

    /// <summary>Adds the next line.</summary>
    public void Add(string line)
    {
        if (line.StartsWith("$ ", StringComparison.Ordinal) || line.StartsWith("> ", StringComparison.Ordinal))
        {
            _typed.Add(line[2..]);
        }
        else
        {
            _shown.Add(line + "\n");
        }
    }
}
