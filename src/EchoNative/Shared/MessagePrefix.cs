using System;

namespace EchoNative.Shared;

/// <summary>
/// Puts <c>Message from server: </c> at the start of each line, once, wherever reads cut the lines.
/// </summary>
internal struct MessagePrefix
{
    private bool _withinLine;

    /// <summary>Whether the last line that was shown has no newline yet.</summary>
    public readonly bool IsWithinLine => _withinLine;

    private static ReadOnlySpan<byte> Text => "Message from server: "u8;

    /// <summary>Moves as much of the input to the output as fits there.</summary>
    /// <param name="input">The bytes that arrived. Those that were moved are removed from its start.</param>
    /// <param name="output">Where they go, with the prefix. It must be longer than the prefix.</param>
    /// <returns>How many bytes the output now has. Write them before the next call.</returns>
    public int Show(ref ReadOnlySpan<byte> input, Span<byte> output)
    {
        int length = 0;
        while (!input.IsEmpty)
        {
            if (!_withinLine)
            {
                // The prefix is written together with at least one byte of its line.
                if (output.Length - length <= Text.Length)
                {
                    break;
                }

                Text.CopyTo(output[length..]);
                length += Text.Length;
            }

            int newline = input.IndexOf((byte)'\n');
            int wanted = newline < 0 ? input.Length : newline + 1;
            int moved = Math.Min(wanted, output.Length - length);
            input[..moved].CopyTo(output[length..]);
            length += moved;
            _withinLine = newline < 0 || moved < wanted;
            input = input[moved..];
            if (length == output.Length)
            {
                break;
            }
        }

        return length;
    }
}
