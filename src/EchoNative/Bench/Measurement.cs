using System;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// Decides which operations count, and counts them. An operation counts if it starts between the end of the
/// warm-up and the end of the run. Its answer counts whenever it arrives, so that slow answers are not left out.
/// All times are nanoseconds of the monotonic clock.
/// </summary>
internal sealed class Measurement(BenchOptions options)
{
    private const double NanosecondsPerSecond = 1e9;

    private long _end;
    private long _lastAnswer;
    private long _started;

    /// <summary>The end of the warm-up.</summary>
    public long Start { get; private set; } = long.MaxValue;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How many operations were answered.</summary>
    public long Operations { get; private set; }

    /// <summary>How many bytes came back unchanged.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many operations or connections failed, those of the warm-up included.</summary>
    public long Errors { get; private set; }

    /// <summary>The description of the first error; null if there was none.</summary>
    public string? FirstError { get; private set; }

    /// <summary>Seconds from the end of the warm-up to the last answer.</summary>
    public double Seconds => _lastAnswer > Start ? (_lastAnswer - Start) / NanosecondsPerSecond : 0;

    /// <summary>Begins the warm-up.</summary>
    public void Begin(long now)
    {
        Start = now + ToNanoseconds(options.Warmup);
        _end = Start + ToNanoseconds(options.Duration);
    }

    /// <summary>Whether the time of the run is over. A run with a count has no time limit.</summary>
    public bool IsTimeOver(long now) => options.Count is null && now >= _end;

    /// <summary>Asks to start an operation, and counts it as started.</summary>
    /// <returns>Whether it may start.</returns>
    public bool TryStart(long now)
    {
        if (now < Start)
        {
            return true;
        }

        if (options.Count is long count ? _started == count : now >= _end)
        {
            return false;
        }

        _started++;
        return true;
    }

    /// <summary>Counts an operation that was answered.</summary>
    /// <param name="started">When it was started.</param>
    /// <param name="now">When the answer was complete.</param>
    public void AddAnswer(long started, long now)
    {
        if (started >= Start)
        {
            Latencies.Add(now - started);
            Operations++;
            Add(options.Size, now);
        }
    }

    /// <summary>Counts bytes of a stream that came back.</summary>
    public void AddBytes(long bytes, long now)
    {
        if (now >= Start)
        {
            Add(bytes, now);
        }
    }

    /// <summary>Counts an error.</summary>
    public void AddError(string description)
    {
        Errors++;
        FirstError ??= description;
    }

    private void Add(long bytes, long now)
    {
        Bytes += bytes;
        _lastAnswer = now;
    }

    private static long ToNanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
