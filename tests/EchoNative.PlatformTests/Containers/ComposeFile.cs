using System;
using System.IO;
using System.Text.Json;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.Containers;

/// <summary>What deploy/compose.yaml says of each server.</summary>
internal static class ComposeFile
{
    /// <summary>Its path.</summary>
    public static string FilePath { get; } = Path.Combine(Binary.Root, "deploy/compose.yaml");

    /// <summary>The value of a setting, as it stands there.</summary>
    public static string Value(string name)
    {
        MatchCollection found = Regex.Matches(File.ReadAllText(FilePath), $"^ +{name}: (.*)$", RegexOptions.Multiline);
        return found.Count == 1
            ? found[0].Groups[1].Value
            : throw new InvalidOperationException($"{FilePath} has {found.Count} settings {name}");
    }

    /// <summary>The words of a setting that is a list on one line.</summary>
    public static string[] Words(string name) => JsonSerializer.Deserialize<string[]>(Value(name))!;
}
