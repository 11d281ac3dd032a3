using System;

namespace EchoNative.Shared;

/// <summary>
/// Finds the line <c>q</c> or <c>Q</c>, which ends sending, in input that arrives cut at any place.
/// </summary>
internal static class QuitLine
{
    /// <summary>Tells how much of the input is to be sent now.</summary>
    /// <param name="input">What has been read and not been sent yet.</param>
    /// <param name="atLineStart">Whether the input begins at the start of a line.</param>
    /// <param name="atEnd">Whether nothing will follow: then a last line needs no newline.</param>
    /// <returns>
    /// How many bytes to send, and whether the quit line comes next. What is neither sent nor the quit line
    /// is one letter at the end that may become it: it is to be given again with what follows.
    /// </returns>
    public static (int Length, bool Found) Find(ReadOnlySpan<byte> input, bool atLineStart, bool atEnd)
    {
        int start = atLineStart ? 0 : NextLine(input, 0);
        while (start < input.Length)
        {
            if (input[start] is (byte)'q' or (byte)'Q')
            {
                int next = start + 1;
                if (next == input.Length)
                {
                    return (start, atEnd);
                }

                if (input[next] == (byte)'\n')
                {
                    return (start, true);
                }
            }

            start = NextLine(input, start);
        }

        return (input.Length, false);
    }

    private static int NextLine(ReadOnlySpan<byte> input, int from)
    {
        int newline = input[from..].IndexOf((byte)'\n');
        return newline < 0 ? input.Length : from + newline + 1;
    }
}
