using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>What the published programs say of their options by <c>--help</c>: what all other texts are held against.</summary>
internal static class HelpText
{
    private const string BinaryName = "echo-native";

    /// <summary>
    /// The names of all programs that are installed: the binary and the links to it. What else lies in bin/ needs .NET
    /// beside it and stays where it was built, as echo-trace does.
    /// </summary>
    public static IReadOnlyList<string> Programs { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Binary.Root, "bin"), "echo-*")
            .Where(path => Path.GetFileName(path) == BinaryName || new FileInfo(path).LinkTarget == BinaryName)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All options of a program.</summary>
    public static IReadOnlyList<ProgramOption> OptionsOf(string program)
    {
        string help = ToolRun.Check(Path.Combine(Binary.Root, "bin", program), "--help");
        IReadOnlyList<ProgramOption> options = OptionTable.Read(help.Split('\n').SkipWhile(line => line != "Options:"));
        return options.Count > 0 ? options : throw new InvalidOperationException($"{program} --help tells no options\n{help}");
    }
}
