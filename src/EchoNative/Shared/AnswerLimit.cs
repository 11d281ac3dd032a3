using System;

namespace EchoNative.Shared;

/// <summary>
/// How long the client waits for an answer. The time runs only while an answer is missing, and starts anew with each piece
/// that arrives.
/// </summary>
/// <param name="limit">How long; null for any time.</param>
/// <param name="clock">Monotonic time in nanoseconds.</param>
internal sealed class AnswerLimit(TimeSpan? limit, Func<long> clock)
{
    private const int Never = -1; // as poll(2) has it
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const int LongestCheckMilliseconds = 100;
    private const int ChecksPerLimit = 10;

    private readonly long _limit = (limit ?? TimeSpan.Zero).Ticks * TimeSpan.NanosecondsPerTick;
    private long _start;
    private bool _isRunning;

    /// <summary>
    /// After how many milliseconds to call <see cref="Check"/> again; -1 for never. Nothing wakes the receiver when the sender
    /// sends, so that it looks now and then whether an answer is missing.
    /// </summary>
    public int MillisecondsUntilCheck
    {
        get
        {
            if (limit is null)
            {
                return Never;
            }

            long check = Math.Min(LongestCheckMilliseconds * NanosecondsPerMillisecond, _limit / ChecksPerLimit);
            long wait = _isRunning ? Math.Clamp(_start + _limit - clock(), 0, check) : check;

            // Rounded up: a wait that ends too early would be repeated.
            return (int)((wait + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
        }
    }

    /// <summary>Starts or stops the time. Call it when nothing has arrived.</summary>
    /// <param name="isMissing">Whether an answer is missing: bytes, or the end of file after the half-close.</param>
    /// <returns>Whether the limit has passed.</returns>
    public bool Check(bool isMissing)
    {
        if (limit is null || !isMissing)
        {
            _isRunning = false;
            return false;
        }

        long now = clock();
        if (!_isRunning)
        {
            _isRunning = true;
            _start = now;
        }

        return now - _start >= _limit;
    }

    /// <summary>Starts the time anew at the next check. Call it when something has arrived and was shown.</summary>
    public void Restart() => _isRunning = false;
}
