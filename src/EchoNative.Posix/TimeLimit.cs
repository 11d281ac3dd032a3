using System;

namespace EchoNative.Posix;

/// <summary>A moment by <see cref="MonotonicClock"/> at which a wait is given up.</summary>
internal readonly struct TimeLimit
{
    private readonly long _moment;

    private TimeLimit(long moment) => _moment = moment;

    /// <summary>Waits that are not given up.</summary>
    public static TimeLimit Never => new(long.MaxValue);

    /// <summary>Whether it has come.</summary>
    public bool IsOver => Milliseconds == 0;

    /// <summary>How long may still be waited: never less than 0, or <see cref="Poll.Forever"/>.</summary>
    public int Milliseconds =>
        _moment == long.MaxValue ? Poll.Forever : (int)Math.Max(0, _moment - MonotonicClock.Milliseconds);

    /// <summary>The moment so many milliseconds from now.</summary>
    public static TimeLimit After(int milliseconds) => new(MonotonicClock.Milliseconds + milliseconds);
}
