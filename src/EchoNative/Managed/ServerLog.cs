using System;
using EchoNative.Log;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>The log of the managed engine. Lines wait in queues, which threads of their own write out.</summary>
internal static class ServerLog
{
    /// <summary>Starts the threads for standard output and standard error: call it once.</summary>
    public static EventLog<QueuedLogSink> Open(ServerOptions options)
    {
        LineFormat format = new(isJson: options.Log == LogFormat.Json, isStamped: options.Timestamps);
        QueuedLogSink sink = new(new LogWriter(ByteStream.Output, format), new LogWriter(ByteStream.Error, format));
        return new(sink, format, options.Quiet);
    }
}

/// <summary>Puts lines into the queues of standard output and standard error.</summary>
internal readonly struct QueuedLogSink(LogWriter output, LogWriter error) : ILogSink
{
    /// <inheritdoc/>
    public long UnixMilliseconds => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public bool TryWriteOutput(ReadOnlySpan<byte> line) => output.TryAdd(line);

    /// <inheritdoc/>
    public bool TryWriteError(ReadOnlySpan<byte> line) => error.TryAdd(line);

    /// <inheritdoc cref="LogWriter.Finish"/>
    public void Finish()
    {
        output.Finish();
        error.Finish();
    }
}
