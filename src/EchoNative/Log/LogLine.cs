using System;
using System.Buffers.Text;

namespace EchoNative.Log;

/// <summary>
/// One line of text, written into memory of the caller: no allocation and no culture, so that a forked child can write it.
/// What does not fit is cut.
/// </summary>
internal ref struct LogLine(Span<byte> buffer)
{
    /// <summary>Enough for the longest line, in bytes.</summary>
    public const int MaxLength = 256;

    private const int MillisecondsPerSecond = 1000;
    private const long MillisecondsPerDay = 24L * 60 * 60 * MillisecondsPerSecond;

    private readonly Span<byte> _buffer = buffer[..^1]; // the last byte is for the newline
    private readonly Span<byte> _whole = buffer;
    private int _length;

    /// <summary>The text so far.</summary>
    public readonly ReadOnlySpan<byte> Text => _buffer[.._length];

    /// <summary>The number of bytes that still fit.</summary>
    public readonly int Room => _buffer.Length - _length;

    public void Add(scoped ReadOnlySpan<byte> text)
    {
        int room = Math.Min(text.Length, _buffer.Length - _length);
        text[..room].CopyTo(_buffer[_length..]);
        _length += room;
    }

    public void Add(long number)
    {
        if (Utf8Formatter.TryFormat(number, _buffer[_length..], out int written))
        {
            _length += written;
        }
    }

    /// <summary>Adds a duration in seconds with three decimals.</summary>
    public void AddSeconds(long milliseconds)
    {
        Add(milliseconds / MillisecondsPerSecond);
        Add("."u8);
        AddDigits(milliseconds % MillisecondsPerSecond, 3);
    }

    /// <summary>Adds a time as RFC 3339 writes it, in UTC: <c>2026-01-31T23:59:59.999Z</c>.</summary>
    /// <param name="unixMilliseconds">Milliseconds since the start of 1970; not negative.</param>
    public void AddTime(long unixMilliseconds)
    {
        AddDate(unixMilliseconds / MillisecondsPerDay);
        long seconds = unixMilliseconds % MillisecondsPerDay / MillisecondsPerSecond;
        Add("T"u8);
        AddDigits(seconds / 3600, 2);
        Add(":"u8);
        AddDigits(seconds / 60 % 60, 2);
        Add(":"u8);
        AddDigits(seconds % 60, 2);
        Add("."u8);
        AddDigits(unixMilliseconds % MillisecondsPerSecond, 3);
        Add("Z"u8);
    }

    // A forked child must not use the dates of the class library, which may allocate.
    private void AddDate(long daysSince1970)
    {
        // Years are counted from the 1st of March, so that a leap day is the last day of its year, four years and 400 years.
        const int To1970FromMarchOf1600 = 135_080;
        const int DaysOf400Years = 146_097;
        const int DaysOf100Years = 36_524;
        const int DaysOf4Years = 1461;
        long days = daysSince1970 + To1970FromMarchOf1600;
        long year = 1600 + (days / DaysOf400Years * 400);
        days %= DaysOf400Years;
        long centuries = Math.Min(days / DaysOf100Years, 3);
        days -= centuries * DaysOf100Years;
        long fours = days / DaysOf4Years;
        days -= fours * DaysOf4Years;
        long ones = Math.Min(days / 365, 3);
        days -= ones * 365;
        year += (centuries * 100) + (fours * 4) + ones;

        // From March on, the lengths of months repeat every five months: 31, 30, 31, 30, 31, together 153 days.
        long month = ((5 * days) + 2) / 153;
        long day = days - (((153 * month) + 2) / 5) + 1;
        month += month < 10 ? 3 : -9;
        AddDigits(month < 3 ? year + 1 : year, 4);
        Add("-"u8);
        AddDigits(month, 2);
        Add("-"u8);
        AddDigits(day, 2);
    }

    private void AddDigits(long number, byte digits)
    {
        if (Utf8Formatter.TryFormat(number, _buffer[_length..], out int written, new('D', digits)))
        {
            _length += written;
        }
    }

    /// <summary>Ends the line, and returns it with its newline.</summary>
    public readonly ReadOnlySpan<byte> End()
    {
        _whole[_length] = (byte)'\n';
        return _whole[..(_length + 1)];
    }
}
