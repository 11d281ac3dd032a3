using System;
using System.Text;

namespace EchoNative.Log;

/// <summary>
/// One JSON object on one line, written into memory of the caller: no allocation, so that a forked child can write it.
/// It starts with the members <c>time</c> and <c>event</c>.
/// </summary>
internal ref struct JsonLine
{
    /// <summary>Enough for the longest line, in bytes.</summary>
    public const int MaxLength = 640;

    // After a string there is always room for the members that follow. A string that is too long is cut, and the line stays
    // valid JSON.
    private const int RoomAfterText = 224;

    private LogLine _line;

    /// <summary>Starts the object.</summary>
    /// <param name="buffer">Where it is written.</param>
    /// <param name="unixMilliseconds">The time of the event, in milliseconds since the start of 1970.</param>
    /// <param name="name">The name of the event.</param>
    public JsonLine(Span<byte> buffer, long unixMilliseconds, scoped ReadOnlySpan<byte> name)
    {
        _line = new LogLine(buffer);
        _line.Add("{\"time\":\""u8);
        _line.AddTime(unixMilliseconds);
        _line.Add("\""u8);
        AddText("event"u8, name);
    }

    /// <summary>Adds a member whose value is a number.</summary>
    public void AddNumber(scoped ReadOnlySpan<byte> name, long number)
    {
        AddName(name);
        _line.Add(number);
    }

    /// <summary>Adds a member whose value is a duration in seconds, with three decimals.</summary>
    public void AddSeconds(scoped ReadOnlySpan<byte> name, long milliseconds)
    {
        AddName(name);
        _line.AddSeconds(milliseconds);
    }

    /// <summary>Adds a member whose value is <c>true</c>.</summary>
    public void AddTrue(scoped ReadOnlySpan<byte> name)
    {
        AddName(name);
        _line.Add("true"u8);
    }

    /// <summary>Adds a member whose value is a string.</summary>
    /// <param name="name">The name of the member, in plain ASCII.</param>
    /// <param name="text">The string in UTF-8. Each invalid byte sequence becomes U+FFFD.</param>
    public void AddText(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> text)
    {
        AddName(name);
        _line.Add("\""u8);
        while (!text.IsEmpty && _line.Room > RoomAfterText)
        {
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            AddRune(rune, text[..length]);
            text = text[length..];
        }

        _line.Add("\""u8);
    }

    /// <summary>Ends the object, and returns the line with its newline.</summary>
    public ReadOnlySpan<byte> End()
    {
        _line.Add("}"u8);
        return _line.End();
    }

    private void AddName(scoped ReadOnlySpan<byte> name)
    {
        _line.Add(",\""u8);
        _line.Add(name);
        _line.Add("\":"u8);
    }

    private void AddRune(Rune rune, scoped ReadOnlySpan<byte> bytes)
    {
        const int FirstPrintable = 0x20;
        if (rune.Value is '"' or '\\')
        {
            _line.Add("\\"u8);
            _line.Add(bytes);
        }
        else if (rune.Value < FirstPrintable)
        {
            _line.Add(rune.Value < 0x10 ? "\\u000"u8 : "\\u001"u8);
            _line.Add("0123456789abcdef"u8.Slice(rune.Value % 0x10, 1));
        }
        else
        {
            _line.Add(rune == Rune.ReplacementChar ? "\uFFFD"u8 : bytes);
        }
    }
}
