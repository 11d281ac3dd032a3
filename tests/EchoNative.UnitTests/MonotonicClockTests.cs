using System;
using System.Diagnostics;
using System.Threading;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

public sealed class MonotonicClockTests
{
    [Fact]
    public void It_never_goes_back()
    {
        long last = MonotonicClock.Milliseconds;
        for (int time = 0; time < 100_000; time++)
        {
            long now = MonotonicClock.Milliseconds;
            Assert.True(now >= last, $"{last} was followed by {now}");
            last = now;
        }
    }

    [Fact]
    public void It_counts_milliseconds_as_the_class_library_does()
    {
        // Stopwatch reads the same clock, so a reading of ours lies between two of its own.
        for (int time = 0; time < 100; time++)
        {
            long before = (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds;
            long between = MonotonicClock.Milliseconds;
            long after = (long)Math.Ceiling(Stopwatch.GetElapsedTime(0).TotalMilliseconds);
            Assert.True(before <= between && between <= after, $"{before}, {between}, {after}");
            Thread.Sleep(1);
        }
    }
}
