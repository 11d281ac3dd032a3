using System;

namespace EchoNative.Posix;

/// <summary>The name of this machine, or of its container; see gethostname(2).</summary>
public static unsafe class MachineName
{
    private const int MaxLength = 256; // with its NUL; Linux has at most 64 bytes

    /// <summary>Reads it.</summary>
    /// <returns>The name without NUL. Each call returns its own array.</returns>
    /// <exception cref="PosixException">gethostname(2) failed.</exception>
    public static byte[] Read()
    {
        Span<byte> name = stackalloc byte[MaxLength];
        fixed (byte* start = name)
        {
            PosixException.ThrowIfFailed(Libc.gethostname(start, MaxLength - 1), "gethostname", "the name for --banner");
        }

        return name[..name.IndexOf((byte)0)].ToArray();
    }
}
