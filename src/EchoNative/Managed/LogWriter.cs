using System;
using System.Threading;
using EchoNative.Log;

namespace EchoNative.Managed;

/// <summary>
/// Writes lines from a thread of its own, one call a line, so that no caller waits for the reader. A line that finds no room
/// in the queue is dropped. The number of dropped lines is written before the next line.
/// </summary>
internal sealed class LogWriter
{
    // As much as a pipe of the native engine holds: a reader that is a little late loses nothing.
    private const int QueueLength = 1024 * 1024;
    private const int FinishMilliseconds = 1000;

    private readonly ByteStream _stream;
    private readonly LineFormat _format;
    private readonly LineQueue _queue = new(QueueLength);
    private readonly object _lock = new();
    private readonly Thread _thread;
    private long _dropped;
    private long _tried;
    private bool _isWriting;
    private bool _mayBeCut;

    /// <summary>Starts the thread.</summary>
    /// <param name="stream">Where lines go.</param>
    /// <param name="format">How the report of dropped lines looks.</param>
    public LogWriter(ByteStream stream, LineFormat format)
    {
        _stream = stream;
        _format = format;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Adds a line to the queue.</summary>
    /// <returns>False where there is no room: the line is dropped and counted.</returns>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            bool isAdded = _queue.TryAdd(line);
            if (isAdded)
            {
                Monitor.PulseAll(_lock);
            }
            else
            {
                _dropped++;
            }

            return isAdded;
        }
    }

    /// <summary>Waits until all lines are written. Gives up when the reader takes none for a second.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            long before = -1;
            while ((_isWriting || !_queue.IsEmpty) && before != _tried)
            {
                before = _tried;
                long end = Environment.TickCount64 + FinishMilliseconds;
                long left = FinishMilliseconds;
                while ((_isWriting || !_queue.IsEmpty) && left > 0)
                {
                    _ = Monitor.Wait(_lock, (int)left);
                    left = end - Environment.TickCount64;
                }
            }
        }
    }

    private void WriteAll()
    {
        Span<byte> line = stackalloc byte[_format.MaxLength];
        while (true)
        {
            int length;
            lock (_lock)
            {
                _isWriting = false;
                Monitor.PulseAll(_lock);
                while (_queue.IsEmpty)
                {
                    _ = Monitor.Wait(_lock);
                }

                length = _queue.Take(line);
                _isWriting = true;
            }

            ReportDropped();
            bool isWritten = TryWriteLine(line[..length]);
            lock (_lock)
            {
                _tried++;
                _dropped += isWritten ? 0 : 1;
            }
        }
    }

    private void ReportDropped()
    {
        long dropped;
        lock (_lock)
        {
            dropped = _dropped;
        }

        if (dropped == 0)
        {
            return;
        }

        long time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (TryWriteLine(_format.Write(stackalloc byte[_format.MaxLength], time, new LogResumed(dropped))))
        {
            lock (_lock)
            {
                _dropped -= dropped;
            }
        }
    }

    // A write that fails may have written a part of the line, for example on a full disk.
    private bool TryWriteLine(ReadOnlySpan<byte> line)
    {
        if (_mayBeCut && _stream.Write("\n"u8) is not null)
        {
            return false;
        }

        _mayBeCut = _stream.Write(line) is not null;
        return !_mayBeCut;
    }
}
