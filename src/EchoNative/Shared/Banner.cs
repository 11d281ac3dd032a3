using System;
using System.Buffers.Text;

namespace EchoNative.Shared;

/// <summary>
/// The line of --banner, which says which of several servers answers. It uses no heap, so that a forked child can write it.
/// </summary>
internal static class Banner
{
    /// <summary>Enough for the name of any Linux machine, at most 64 bytes, and a process id.</summary>
    public const int MaxLength = 128;

    private const int RoomForProcess = 16;

    /// <summary>
    /// Makes one word of visible ASCII from the name of a machine, so that the line has two words: any other byte becomes a
    /// question mark, and no name becomes localhost. It uses the heap, so a child can't call it.
    /// </summary>
    /// <param name="name">The name, as the system has it.</param>
    public static byte[] HostNameOf(ReadOnlySpan<byte> name)
    {
        byte[] host = name.IsEmpty ? "localhost"u8.ToArray() : name.ToArray();
        foreach (ref byte letter in host.AsSpan())
        {
            letter = letter is > (byte)' ' and < 0x7f ? letter : (byte)'?';
        }

        return host;
    }

    /// <summary>Writes the line.</summary>
    /// <param name="buffer">Where it is written; <see cref="MaxLength"/> bytes.</param>
    /// <param name="hostName">The name of the machine, by <see cref="HostNameOf"/>. A longer one is cut.</param>
    /// <param name="processId">The process that serves the client.</param>
    /// <returns>The line with its newline, in the buffer.</returns>
    public static ReadOnlySpan<byte> Write(Span<byte> buffer, scoped ReadOnlySpan<byte> hostName, int processId)
    {
        int length = Math.Min(hostName.Length, MaxLength - RoomForProcess);
        hostName[..length].CopyTo(buffer);
        buffer[length++] = (byte)' ';
        _ = Utf8Formatter.TryFormat(processId, buffer[length..], out int digits);
        length += digits;
        buffer[length++] = (byte)'\n';
        return buffer[..length];
    }
}
