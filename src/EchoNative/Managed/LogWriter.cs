using System;
using System.Threading;
using EchoNative.Log;

namespace EchoNative.Managed;

/// <summary>
/// Writes lines from a thread of its own, one call a line, so that nobody waits for who reads them. What has no room
/// in the queue is dropped, and the number is told before the next line that goes through.
/// </summary>
internal sealed class LogWriter
{
    // As much as the native engine gets from a pipe: a reader that is a little late should lose nothing.
    private const int QueueLength = 1024 * 1024;
    private const int LastWordsMilliseconds = 1000;

    private readonly ByteStream _stream;
    private readonly EventFormat _format;
    private readonly LineQueue _queue = new(QueueLength);
    private readonly object _lock = new();
    private readonly Thread _thread;
    private long _dropped;
    private long _tried;
    private bool _isWriting;

    /// <param name="stream">Where they go.</param>
    /// <param name="format">How it is told that lines were dropped.</param>
    public LogWriter(ByteStream stream, EventFormat format)
    {
        _stream = stream;
        _format = format;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Has a line written when its turn comes.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (_queue.TryAdd(line))
            {
                Monitor.PulseAll(_lock);
            }
            else
            {
                _dropped++;
            }
        }
    }

    /// <summary>Waits until all is written, but not for a reader that takes nothing for a second.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            long before = -1;
            while ((_isWriting || !_queue.IsEmpty) && before != _tried)
            {
                before = _tried;
                long end = Environment.TickCount64 + LastWordsMilliseconds;
                long left = LastWordsMilliseconds;
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

            TellDropped();
            bool isWritten = _stream.Write(line[..length]) is null;
            lock (_lock)
            {
                _tried++;
                _dropped += isWritten ? 0 : 1;
            }
        }
    }

    private void TellDropped()
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

        LogLine line = new(stackalloc byte[_format.MaxLength]);
        _format.FlowsAgain(ref line, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), dropped);
        if (_stream.Write(line.End()) is null)
        {
            lock (_lock)
            {
                _dropped -= dropped;
            }
        }
    }
}
