using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PlatformTests.SameBytes;

/// <summary>
/// bin/ compared with the bin/ of a fresh build in another folder, which <c>make test-same-bytes</c> makes from a copy of the
/// tree.
/// </summary>
public sealed class SameBytesTests
{
    private static string SecondBuild { get; } =
        Path.Combine(Binary.Root, "artifacts/platforms/same-bytes/a folder with a longer path/bin");

    [Fact]
    public void The_binary_has_the_same_bytes() => AssertSame(Path.GetDirectoryName(Binary.Native)!, ["echo-native"]);

    [Fact]
    public void The_portable_build_has_the_same_files_with_the_same_bytes()
    {
        string folder = Path.GetDirectoryName(Binary.Portable)!;
        string[] files = Files(folder);
        Assert.Equal(files, Files(Path.Combine(SecondBuild, "portable")));
        AssertSame(Path.GetDirectoryName(folder)!, files.Select(name => Path.Combine("portable", name)));
    }

    private static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Order(StringComparer.Ordinal),
    ];

    private static void AssertSame(string bin, IEnumerable<string> names)
    {
        string[] differences =
        [
            .. names.Select(name => ToolRun.Run("cmp", Path.Combine(bin, name), Path.Combine(SecondBuild, name)))
                .Where(cmp => cmp.ExitStatus != 0)
                .Select(cmp => (cmp.Output + cmp.Error).TrimEnd()),
        ];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }
}
