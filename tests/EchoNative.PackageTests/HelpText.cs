using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The options of the programs as <c>--help</c> lists them. The tests compare all other texts with it.</summary>
internal static class HelpText
{
    private const string BinaryName = "echo-native";

    /// <summary>
    /// The names of all programs that are installed: the binary and the links to it. The other files in bin/ need .NET
    /// and are not installed, for example echo-trace.
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
