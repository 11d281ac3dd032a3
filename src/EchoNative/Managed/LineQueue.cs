using System;

namespace EchoNative.Managed;

/// <summary>Lines that wait to be written, in a ring buffer of fixed size. The caller locks.</summary>
/// <param name="capacity">Its size in bytes.</param>
internal sealed class LineQueue(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private int _first;
    private int _length;

    /// <summary>Whether no line waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Adds a line, where there is room for all of it.</summary>
    /// <param name="line">One line with its newline.</param>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (line.Length > _ring.Length - _length)
        {
            return false;
        }

        int end = (_first + _length) % _ring.Length;
        int untilWrap = Math.Min(line.Length, _ring.Length - end);
        line[..untilWrap].CopyTo(_ring.AsSpan(end));
        line[untilWrap..].CopyTo(_ring);
        _length += line.Length;
        return true;
    }

    /// <summary>Removes the oldest line.</summary>
    /// <param name="line">Room for the longest line.</param>
    /// <returns>Its length; 0 where no line waits.</returns>
    public int Take(Span<byte> line)
    {
        int length = 0;
        while (_length > 0)
        {
            byte value = _ring[_first];
            line[length++] = value;
            _first = (_first + 1) % _ring.Length;
            _length--;
            if (value == (byte)'\n')
            {
                break;
            }
        }

        return length;
    }
}
