using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>The examples of docs/operating.md.</summary>
public static class OperatingPage
{
    /// <summary>The page.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Binary.Root, "docs/operating.md"));

    /// <summary>The configuration of HAProxy.</summary>
    public static string Configuration { get; } = Blocks("haproxy").Single();

    /// <summary>The lines of all commands.</summary>
    public static IReadOnlyList<string> Commands { get; } = [.. Blocks("sh").SelectMany(block => block.Split('\n'))];

    /// <summary>Replaces a part of an example.</summary>
    /// <exception cref="InvalidOperationException">The example has no such part.</exception>
    public static string Replace(string example, string part, string other) =>
        example.Contains(part, StringComparison.Ordinal)
            ? example.Replace(part, other, StringComparison.Ordinal)
            : throw new InvalidOperationException($"docs/operating.md has no '{part}' here:\n{example}");

    private static IEnumerable<string> Blocks(string language) =>
        Text.Split($"```{language}\n").Skip(1).Select(block => block.Split("\n```")[0]);
}
