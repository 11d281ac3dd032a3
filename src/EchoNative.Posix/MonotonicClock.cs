using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>A clock that can't be set and never goes back; see clock_gettime(2), CLOCK_MONOTONIC.</summary>
public static unsafe class MonotonicClock
{
    /// <summary>The number of the clock for clock_gettime(2).</summary>
    public const int Id = Libc.CLOCK_MONOTONIC;

    private const long MillisecondsPerSecond = 1000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Milliseconds since an unspecified moment: only differences are meaningful.</summary>
    public static long Milliseconds
    {
        get
        {
            timespec now;
            _ = Libc.clock_gettime(Id, &now);
            return ((long)now.tv_sec * MillisecondsPerSecond) + ((long)now.tv_nsec / NanosecondsPerMillisecond);
        }
    }

    /// <summary>Nanoseconds since the same moment.</summary>
    public static long Nanoseconds
    {
        get
        {
            timespec now;
            _ = Libc.clock_gettime(Id, &now);
            return ((long)now.tv_sec * NanosecondsPerSecond) + (long)now.tv_nsec;
        }
    }
}
