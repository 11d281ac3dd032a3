using System;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// What is counted, and until when. Whatever is begun between the end of the warm-up and the end of the run
/// counts, and is waited for: an answer that comes late must not be lost. All times are in nanoseconds of
/// the monotonic clock.
/// </summary>
internal sealed class Measurement(BenchOptions options)
{
    private const double NanosecondsPerSecond = 1e9;

    private long _end;
    private long _last;
    private long _begun;

    /// <summary>The end of the warm-up.</summary>
    public long Start { get; private set; } = long.MaxValue;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How many operations were answered.</summary>
    public long Operations { get; private set; }

    /// <summary>How many bytes came back and were right.</summary>
    public long Bytes { get; private set; }

    /// <summary>From the end of the warm-up to the last answer.</summary>
    public double Seconds => _last > Start ? (_last - Start) / NanosecondsPerSecond : 0;

    /// <summary>Begins the warm-up.</summary>
    public void Begin(long now)
    {
        Start = now + ToNanoseconds(options.Warmup);
        _end = Start + ToNanoseconds(options.Duration);
    }

    /// <summary>Whether the run has come to its end: where a count was asked for, time ends nothing.</summary>
    public bool IsTimeOver(long now) => options.Count is null && now >= _end;

    /// <summary>Asks to begin an operation, and counts it as begun.</summary>
    /// <returns>Whether it may begin.</returns>
    public bool TryBegin(long now)
    {
        if (now < Start)
        {
            return true;
        }

        if (options.Count is long count ? _begun == count : now >= _end)
        {
            return false;
        }

        _begun++;
        return true;
    }

    /// <summary>An operation was answered.</summary>
    public void Answer(long begun, long now)
    {
        if (begun >= Start)
        {
            Latencies.Add(now - begun);
            Operations++;
            Add(options.Size, now);
        }
    }

    /// <summary>Bytes of a stream came back.</summary>
    public void Receive(long bytes, long now)
    {
        if (now >= Start)
        {
            Add(bytes, now);
        }
    }

    private void Add(long bytes, long now)
    {
        Bytes += bytes;
        _last = now;
    }

    private static long ToNanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
