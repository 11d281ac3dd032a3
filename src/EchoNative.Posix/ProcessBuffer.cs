using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// A buffer of which each process has its own after a fork. It lies among the program's variables, so that a fork has
/// no mapping more to copy for it, and as long as nobody has touched it, it takes no memory.
/// </summary>
public static class ProcessBuffer
{
    /// <summary>Its length in bytes.</summary>
    public const int Length = 64 * 1024;

    private static Storage s_storage;

    /// <summary>The memory, the same at each call.</summary>
    public static Span<byte> Bytes => s_storage;

    [InlineArray(Length)]
    private struct Storage
    {
        private byte _first;
    }
}
