using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>What the binary for Linux contains. Its size counts, since each start and each fork pays for it.</summary>
public sealed class LinuxBinaryTests
{
    private const int MaxLength = 2_900_000;

    [Fact]
    public void The_managed_engine_is_in_the_portable_build_and_not_in_the_binary_for_Linux()
    {
        // A message of the managed engine, as the runtime stores strings.
        byte[] message = Encoding.Unicode.GetBytes("the managed engine does not take the sockets");
        Assert.True(Contains(Binary.Portable, message));
        Assert.False(Contains(Binary.Server, message));
    }

    [Fact]
    public void The_portable_build_calls_no_native_library_of_Linux_and_brings_none()
    {
        string[] files = Directory.GetFiles(Path.GetDirectoryName(Binary.Portable)!, "*", SearchOption.AllDirectories);
        Assert.Equal(
            ["echo-native.deps.json", "echo-native.dll", "echo-native.pdb", "echo-native.runtimeconfig.json"],
            files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using PEReader file = new(File.OpenRead(Binary.Portable));
        MetadataReader metadata = file.GetMetadataReader();
        Assert.Equal(["kernel32.dll"], NativeLibrariesOf(metadata));
        Assert.All(
            metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)),
            name => Assert.StartsWith("System.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void The_binary_for_Linux_has_at_most_2_9_megabytes() =>
        Assert.InRange(File.ReadAllBytes(Binary.Server).Length, 1, MaxLength);

    private static IEnumerable<string> NativeLibrariesOf(MetadataReader metadata) =>
        Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.ModuleRef))
            .Select(row => metadata.GetModuleReference(MetadataTokens.ModuleReferenceHandle(row)))
            .Select(module => metadata.GetString(module.Name));

    private static bool Contains(string path, byte[] bytes) => File.ReadAllBytes(path).AsSpan().IndexOf(bytes) >= 0;
}
