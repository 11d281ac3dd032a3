using System;
using System.IO;
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
        Assert.True(Contains(Path.Combine(Binary.Root, "bin/portable/echo-native.dll"), message));
        Assert.False(Contains(Binary.Server, message));
    }

    [Fact]
    public void The_binary_for_Linux_has_at_most_2_9_megabytes() =>
        Assert.InRange(File.ReadAllBytes(Binary.Server).Length, 1, MaxLength);

    private static bool Contains(string path, byte[] bytes) => File.ReadAllBytes(path).AsSpan().IndexOf(bytes) >= 0;
}
