using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>The logs of the server's processes.</summary>
internal static class ServerLog
{
    /// <summary>The log of the parent. Opens standard output and standard error for lines: call it once.</summary>
    public static EventLog<ParentLogSink> Open(ServerOptions options)
    {
        LineFormat format = FormatOf(options);
        LogStream output = LogStream.Open(StandardStream.Output);
        LogStream error = LogStream.Open(StandardStream.Error, output);
        return new(new ParentLogSink(output, error, format), format, options.Quiet);
    }

    /// <summary>The same log for a child.</summary>
    public static EventLog<ChildLogSink> ForChild(in EventLog<ParentLogSink> log) => log.WithSink(log.Sink.ForChild);

    /// <summary>
    /// The log of a process whose standard input and output are the client: events go to standard error. Where that is the
    /// client too, there are no events.
    /// </summary>
    public static EventLog<ChildLogSink> OpenBesideClient(ServerOptions options)
    {
        bool isClient = StandardStream.Error.IsSameFileAs(StandardStream.Input);
        LogStream error = LogStream.Open(StandardStream.Error);
        return new(new ChildLogSink(error, error), FormatOf(options), options.Quiet || isClient);
    }

    /// <summary>The event for the end of a session. A forked child may call it: it uses no heap.</summary>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The process that served it.</param>
    /// <param name="bytes">The number of bytes that were written back.</param>
    /// <param name="milliseconds">How long the session took.</param>
    /// <param name="failure">Why it ended; no error at the client's end of file, EAGAIN at the idle timeout.</param>
    /// <param name="idleTimeoutSeconds">The idle timeout; 0 for none.</param>
    public static Disconnected EndOfSession(
        ReadOnlySpan<byte> peer, int processId, long bytes, long milliseconds, Errno failure, int idleTimeoutSeconds) => new()
        {
            Peer = peer,
            ProcessId = processId,
            Bytes = bytes,
            Milliseconds = milliseconds,
            IdleSeconds = failure.IsWouldBlock ? idleTimeoutSeconds : 0,
            Error = failure.IsError ? failure.Description : default,
        };

    private static LineFormat FormatOf(ServerOptions options) =>
        new(isJson: options.Log == LogFormat.Json, isStamped: options.Timestamps);
}

/// <summary>
/// The lines of the parent, one write(2) a line. A line that can't be written at once is dropped, so that a log without a
/// reader never stops the service. The number of dropped lines is written before the next line that can be written.
/// </summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="format">How lines look.</param>
internal readonly struct ParentLogSink(LogStream output, LogStream error, LineFormat format) : ILogSink
{
    private readonly DroppedLines _dropped = new();

    /// <inheritdoc/>
    public long UnixMilliseconds => WallClock.UnixMilliseconds;

    /// <summary>The same streams for a child.</summary>
    public ChildLogSink ForChild => new(output, error);

    /// <summary>Counts lines for standard output that a child had to drop.</summary>
    public void AddDropped(int count) => _dropped.Output += count;

    /// <inheritdoc/>
    public bool TryWriteOutput(ReadOnlySpan<byte> line) => TryWrite(output, line, ref _dropped.Output);

    /// <inheritdoc/>
    public bool TryWriteError(ReadOnlySpan<byte> line) => TryWrite(error, line, ref _dropped.Errors);

    private bool TryWrite(LogStream stream, ReadOnlySpan<byte> line, ref long dropped)
    {
        if (dropped > 0)
        {
            long time = format.HasTime ? UnixMilliseconds : 0;
            ReadOnlySpan<byte> resumed = format.Write(stackalloc byte[format.MaxLength], time, new LogResumed(dropped));
            dropped = stream.TryWriteLine(resumed) ? 0 : dropped;
        }

        bool isWritten = stream.TryWriteLine(line);
        dropped += isWritten ? 0 : 1;
        return isWritten;
    }

    /// <summary>How many lines were dropped and not reported yet. Only the parent has this memory.</summary>
    private sealed class DroppedLines
    {
        public long Output;
        public long Errors;
    }
}

/// <summary>
/// The lines of a child, one write(2) a line. A line that can't be written at once is dropped. A child can't reach the
/// parent's count of dropped lines: it reports its own by <see cref="SessionStatus"/>.
/// </summary>
/// <param name="output">Where events go.</param>
/// <param name="error">Where errors go.</param>
internal readonly struct ChildLogSink(LogStream output, LogStream error) : ILogSink
{
    /// <inheritdoc/>
    public long UnixMilliseconds => WallClock.UnixMilliseconds;

    /// <inheritdoc/>
    public bool TryWriteOutput(ReadOnlySpan<byte> line) => output.TryWriteLine(line);

    /// <inheritdoc/>
    public bool TryWriteError(ReadOnlySpan<byte> line) => error.TryWriteLine(line);
}
