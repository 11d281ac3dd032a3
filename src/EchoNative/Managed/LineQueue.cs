using System;

namespace EchoNative.Managed;

/// <summary>Lines that wait to be written, in a ring of bytes that never grows. It takes no lock of its own.</summary>
/// <param name="capacity">How many bytes may wait.</param>
internal sealed class LineQueue(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private int _first;
    private int _length;

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Adds a line, if there is room for the whole of it.</summary>
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

    /// <summary>Takes the oldest line out.</summary>
    /// <param name="line">Room for the longest there may be.</param>
    /// <returns>Its length; 0 where there is none.</returns>
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
