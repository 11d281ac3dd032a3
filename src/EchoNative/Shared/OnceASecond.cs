namespace EchoNative.Shared;

/// <summary>
/// Bounds how often something is said that may happen thousands of times a second: at most once a second, with the number of
/// times.
/// </summary>
internal struct OnceASecond
{
    private const long IntervalMilliseconds = 1000;

    private long _next;
    private bool _wasSaid;

    /// <summary>How many times it has happened since it was last said.</summary>
    public long Count { get; private set; }

    /// <summary>Counts one more time.</summary>
    public void Add() => Count++;

    /// <summary>After how many milliseconds it may be said again; 0 if it may be said now.</summary>
    /// <param name="now">A clock that never goes back, in milliseconds.</param>
    public readonly long MillisecondsUntilDue(long now) => _wasSaid && now < _next ? _next - now : 0;

    /// <summary>Whether it may be said now. If so, the count begins again.</summary>
    /// <param name="now">A clock that never goes back, in milliseconds.</param>
    /// <param name="times">How many times it has happened.</param>
    public bool TryTake(long now, out long times)
    {
        times = Count;
        if (MillisecondsUntilDue(now) > 0)
        {
            return false;
        }

        Count = 0;
        _wasSaid = true;
        _next = now + IntervalMilliseconds;
        return true;
    }
}
