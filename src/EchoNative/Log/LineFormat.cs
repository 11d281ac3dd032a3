using System;

namespace EchoNative.Log;

/// <summary>How lines look: as words, as words with the time before them, or as JSON, which always has the time.</summary>
/// <param name="isJson">Whether as JSON.</param>
/// <param name="isStamped">Whether words have the time before them.</param>
internal readonly struct LineFormat(bool isJson, bool isStamped)
{
    private readonly bool _isJson = isJson;
    private readonly bool _isStamped = isStamped;

    /// <summary>Enough for the longest line, in bytes.</summary>
    public int MaxLength => _isJson ? JsonLine.MaxLength : LogLine.MaxLength;

    /// <summary>Whether lines show the time. Where they don't, the clock need not be read.</summary>
    public bool HasTime => _isJson || _isStamped;

    /// <summary>Writes an event as one line.</summary>
    /// <param name="buffer">Where it is written; <see cref="MaxLength"/> bytes are enough.</param>
    /// <param name="unixMilliseconds">When it happened, in milliseconds since the start of 1970.</param>
    /// <param name="logEvent">The event.</param>
    /// <returns>The line with its newline, in the buffer.</returns>
    public ReadOnlySpan<byte> Write<TEvent>(Span<byte> buffer, long unixMilliseconds, scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct
    {
        if (_isJson)
        {
            JsonLine json = new(buffer, unixMilliseconds, TEvent.JsonName);
            logEvent.WriteJson(ref json);
            return json.End();
        }

        LogLine line = new(buffer);
        if (_isStamped)
        {
            line.AddTime(unixMilliseconds);
            line.Add(" "u8);
        }

        logEvent.WriteText(ref line);
        return line.End();
    }
}
