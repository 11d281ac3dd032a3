using System;

namespace EchoNative.Shared;

/// <summary>Shows what the server sends: each line with the prefix, or the bytes unchanged, or nothing.</summary>
/// <param name="raw">Whether the bytes are shown unchanged.</param>
/// <param name="quiet">Whether nothing is shown.</param>
/// <param name="tryWrite">Writes all of the bytes to standard output.</param>
internal sealed class ReplyDisplay(bool raw, bool quiet, ReplyDisplay.Writer tryWrite)
{
    private const int BufferLength = 64 * 1024;

    private readonly byte[] _output = new byte[BufferLength];
    private MessagePrefix _prefix;

    /// <summary>Writes all of the bytes, and returns whether it succeeded.</summary>
    internal delegate bool Writer(ReadOnlySpan<byte> bytes);

    /// <summary>Shows what arrived. It may begin and end within a line.</summary>
    /// <returns>Whether all of it could be written.</returns>
    public bool TryShow(ReadOnlySpan<byte> bytes)
    {
        if (quiet)
        {
            return true;
        }

        if (raw)
        {
            return tryWrite(bytes);
        }

        while (!bytes.IsEmpty)
        {
            int length = _prefix.Show(ref bytes, _output);
            if (!tryWrite(_output.AsSpan(0, length)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds a newline to a last line that has none, so that the next output on a terminal begins a new line.</summary>
    public void EndLine()
    {
        if (_prefix.IsWithinLine)
        {
            _ = tryWrite("\n"u8);
        }
    }
}
