using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// A buffer of which each process has its own copy after a fork. It is a static variable, so it costs a fork no further
/// mapping, and it takes no memory before its first use.
/// </summary>
public static class ProcessBuffer
{
    /// <summary>Its length in bytes.</summary>
    public const int Length = 64 * 1024;

    private static Storage s_storage;

    /// <summary>The memory. Each call returns the same.</summary>
    public static Span<byte> Bytes => s_storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte _first;
    }
}
