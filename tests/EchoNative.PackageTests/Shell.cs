using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The completions of this tree in bash, fish and zsh.</summary>
internal static class Shell
{
    /// <summary>The completions that a shell offers after each command line.</summary>
    /// <param name="shell">bash, fish or zsh.</param>
    /// <param name="lines">The command lines.</param>
    /// <returns>The words for each line, in alphabetical order.</returns>
    public static IReadOnlyList<string[]> Press(string shell, params IEnumerable<string> lines)
    {
        using ScratchFolder scratch = new();
        string script = Path.Combine(Binary.Root, "tests/EchoNative.PackageTests/Shells", $"press.{shell}");
        string completions = Path.Combine(Binary.Root, "completions");
        string[] own = shell switch
        {
            // Without the settings of this machine and its users.
            "bash" => ["--norc", "--noprofile"],
            "fish" => ["--no-config"],
            "zsh" => ["-f"],
            _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "no such shell"),
        };
        string[] pressed = [.. lines];
        ILookup<int, string> offered = ToolRun.Check(shell, [.. own, script, completions, scratch.Path, .. pressed])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToLookup(parts => int.Parse(parts[0], CultureInfo.InvariantCulture), parts => parts[1]);
        return
        [
            .. Enumerable.Range(1, pressed.Length)
                .Select(line => offered[line].Distinct().Order(StringComparer.Ordinal).ToArray()),
        ];
    }
}
