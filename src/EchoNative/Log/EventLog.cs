using System;

namespace EchoNative.Log;

/// <summary>
/// The log of the server: events, and errors that do not end it. Both engines use it, and so does a forked child: it is a
/// struct over a struct, so that a call takes no object, no virtual dispatch and no heap.
/// </summary>
/// <param name="sink">Where lines go.</param>
/// <param name="format">How lines look.</param>
/// <param name="isQuiet">Whether only errors are written.</param>
internal readonly struct EventLog<TSink>(TSink sink, LineFormat format, bool isQuiet)
    where TSink : struct, ILogSink
{
    private readonly LineFormat _format = format;
    private readonly bool _isQuiet = isQuiet;

    /// <summary>Where lines go.</summary>
    public TSink Sink { get; } = sink;

    private long Time => _format.HasTime ? Sink.UnixMilliseconds : 0;

    /// <summary>Writes what happens: to standard output, unless the log is quiet.</summary>
    public void WriteEvent<TEvent>(scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct => _ = TryWriteEvent(logEvent);

    /// <inheritdoc cref="WriteEvent"/>
    /// <returns>False where the line was dropped.</returns>
    public bool TryWriteEvent<TEvent>(scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct =>
        _isQuiet || Sink.TryWriteOutput(_format.Write(stackalloc byte[_format.MaxLength], Time, logEvent));

    /// <summary>Writes what has failed: to standard error.</summary>
    public void WriteError<TEvent>(scoped in TEvent logEvent)
        where TEvent : struct, ILogEvent, allows ref struct =>
        _ = Sink.TryWriteError(_format.Write(stackalloc byte[_format.MaxLength], Time, logEvent));

    /// <summary>The same log with another place for its lines.</summary>
    public EventLog<TOther> WithSink<TOther>(TOther other)
        where TOther : struct, ILogSink => new(other, _format, _isQuiet);
}

/// <summary>Where the lines of a log go, and the clock that they show.</summary>
internal interface ILogSink
{
    /// <summary>The time of day, in milliseconds since the start of 1970, in UTC.</summary>
    public long UnixMilliseconds { get; }

    /// <summary>Hands over one line for standard output. It never waits for a reader.</summary>
    /// <returns>False where the line was dropped.</returns>
    public bool TryWriteOutput(ReadOnlySpan<byte> line);

    /// <summary>Hands over one line for standard error. It never waits for a reader.</summary>
    /// <returns>False where the line was dropped.</returns>
    public bool TryWriteError(ReadOnlySpan<byte> line);
}
