using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The date and time, which can be set; see clock_gettime(2), CLOCK_REALTIME.</summary>
public static unsafe class WallClock
{
    /// <summary>The number of the clock for clock_gettime(2).</summary>
    public const int Id = Libc.CLOCK_REALTIME;

    private const long MillisecondsPerSecond = 1000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Milliseconds since the beginning of 1970 in UTC; 0 if the clock is set to an earlier time.</summary>
    public static long UnixMilliseconds
    {
        get
        {
            timespec now;
            _ = Libc.clock_gettime(Id, &now);
            return Math.Max(0, ((long)now.tv_sec * MillisecondsPerSecond) + ((long)now.tv_nsec / NanosecondsPerMillisecond));
        }
    }
}
