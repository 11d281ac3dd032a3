using System;

namespace EchoNative.Shared;

/// <summary>
/// Cuts a sender's input at the line <c>q</c> or <c>Q</c>, which ends sending, wherever reads cut the input. The line may end
/// as on Windows, with a carriage return before the newline. The cutter lies on the stack and uses no object, so that a
/// forked child may use it.
/// </summary>
/// <remarks>
/// Until <see cref="IsAtEnd"/>: read into <see cref="Room"/>, call <see cref="Take"/>, send what it returns. A letter at the
/// start of a line, and a carriage return after it, may be the quit line or the start of a longer one. They are kept until
/// the next read decides.
/// </remarks>
/// <param name="buffer">The buffer for what is read, at least three bytes. The caller owns it.</param>
/// <param name="isRaw">Whether the quit line is data: then only the end of file ends sending.</param>
internal ref struct QuitLineCutter(Span<byte> buffer, bool isRaw)
{
    private readonly Span<byte> _buffer = buffer;
    private readonly bool _isRaw = isRaw;
    private bool _isAtLineStart = true;
    private int _keptLength;
    private byte _letter;

    /// <summary>Whether the quit line or the end of file has been read: nothing follows what was taken last.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Where the next read puts its bytes.</summary>
    public readonly Span<byte> Room => _buffer[_keptLength..];

    /// <summary>Takes what was read.</summary>
    /// <param name="count">How many bytes were read into <see cref="Room"/>; 0 for the end of file.</param>
    /// <returns>What to send before the next read. It may be empty.</returns>
    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> input = _buffer[..(_keptLength + count)];
        if (_keptLength > 0)
        {
            _buffer[0] = _letter;
        }

        if (_keptLength > 1)
        {
            _buffer[1] = (byte)'\r';
        }

        bool isEndOfFile = count == 0;
        (int length, bool quits) = _isRaw ? (input.Length, false) : Find(input, _isAtLineStart, isEndOfFile);
        IsAtEnd = quits || isEndOfFile;
        _keptLength = IsAtEnd ? 0 : input.Length - length;
        if (_keptLength > 0)
        {
            _letter = input[length];
        }

        _isAtLineStart = _keptLength > 0 || (length > 0 && input[length - 1] == (byte)'\n');
        return input[..length];
    }

    /// <summary>Finds how much of the input is sent now.</summary>
    /// <param name="input">What has been read and not been sent yet.</param>
    /// <param name="atLineStart">Whether the input begins at the start of a line.</param>
    /// <param name="atEnd">Whether no more input follows: then a last line needs no newline.</param>
    /// <returns>
    /// How many bytes to send, and whether the quit line follows them. If it does not, at most two bytes are left over: a letter
    /// and a carriage return that may be the quit line. They have to be given again, together with the input that follows.
    /// </returns>
    internal static (int Length, bool Found) Find(ReadOnlySpan<byte> input, bool atLineStart, bool atEnd)
    {
        int start = atLineStart ? 0 : NextLine(input, 0);
        while (start < input.Length)
        {
            if (input[start] is (byte)'q' or (byte)'Q')
            {
                ReadOnlySpan<byte> rest = input[(start + 1)..];
                if (rest is [] or [(byte)'\r'])
                {
                    return (start, atEnd);
                }

                if (rest is [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..])
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
