using System;

namespace EchoNative.Shared;

/// <summary>Shows what the server sends: each line with the prefix, every byte as it comes, or nothing.</summary>
/// <param name="raw">Whether bytes are shown as they come.</param>
/// <param name="quiet">Whether nothing is shown.</param>
/// <param name="tryWrite">Writes all of the bytes, and tells whether it could.</param>
internal sealed class ReplyDisplay(bool raw, bool quiet, ReplyDisplay.Writer tryWrite)
{
    private const int BufferLength = 64 * 1024;

    private readonly byte[] _output = new byte[BufferLength];
    private MessagePrefix _prefix;

    /// <summary>Writes all of the bytes, and tells whether it could.</summary>
    internal delegate bool Writer(ReadOnlySpan<byte> bytes);

    /// <summary>Shows what arrived, however its lines are cut.</summary>
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

    /// <summary>Ends a last line that came without its newline: on a terminal, what follows should not stand behind it.</summary>
    public void EndLine()
    {
        if (_prefix.IsWithinLine)
        {
            _ = tryWrite("\n"u8);
        }
    }
}
