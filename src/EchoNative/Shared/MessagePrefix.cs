using System;

namespace EchoNative.Shared;

/// <summary>
/// Puts <c>Message from server: </c> at the start of each line, once, however the lines arrive cut.
/// </summary>
internal struct MessagePrefix
{
    private bool _withinLine;

    /// <summary>Whether the last line that was shown has no newline yet.</summary>
    public readonly bool IsWithinLine => _withinLine;

    private static ReadOnlySpan<byte> Text => "Message from server: "u8;

    /// <summary>Moves as much of the input to the output as has room there.</summary>
    /// <param name="input">What arrived; what was moved is taken off its start.</param>
    /// <param name="output">Where it goes, with the prefix; longer than the prefix.</param>
    /// <returns>The bytes that the output now holds. They should be written before the next call.</returns>
    public int Show(ref ReadOnlySpan<byte> input, Span<byte> output)
    {
        int length = 0;
        while (!input.IsEmpty)
        {
            if (!_withinLine)
            {
                // The prefix goes with at least one byte of its line, or it waits.
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
