using System;
using EchoNative.Bench;
using EchoNative.Options;

namespace EchoNative.UnitTests;

public sealed class BenchMeasurementTests
{
    private const long Second = 1_000_000_000;

    private static readonly BenchOptions s_timed = new()
    {
        Mode = BenchMode.Ping,
        Host = "",
        Port = 1,
        Size = 3,
        Warmup = TimeSpan.FromSeconds(1),
        Duration = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void What_is_begun_between_warm_up_and_end_counts_and_nothing_else()
    {
        Measurement measurement = new(s_timed);
        measurement.Begin(0);
        Assert.True(measurement.TryBegin(Second - 1));
        measurement.Answer(Second - 1, Second + 10);
        Assert.Equal(0, measurement.Operations);

        Assert.True(measurement.TryBegin(Second));
        measurement.Answer(Second, Second + 500);
        Assert.True(measurement.TryBegin((3 * Second) - 1));
        Assert.False(measurement.IsTimeOver((3 * Second) - 1));
        Assert.False(measurement.TryBegin(3 * Second));
        Assert.True(measurement.IsTimeOver(3 * Second));

        // An answer after the end still counts: the slowest must not be left out.
        measurement.Answer((3 * Second) - 1, 5 * Second);
        Assert.Equal(2, measurement.Operations);
        Assert.Equal(6, measurement.Bytes);
        Assert.Equal(4, measurement.Seconds);
        Assert.Equal((2 * Second) + 1, measurement.Latencies.Maximum);
    }

    [Fact]
    public void A_count_is_exact_and_time_does_not_end_it()
    {
        Measurement measurement = new(s_timed with { Count = 2 });
        measurement.Begin(0);
        Assert.True(measurement.TryBegin(0)); // warm-up
        Assert.True(measurement.TryBegin(100 * Second));
        Assert.True(measurement.TryBegin(100 * Second));
        Assert.False(measurement.TryBegin(100 * Second));
        Assert.False(measurement.IsTimeOver(long.MaxValue));
    }

    [Fact]
    public void Where_nothing_was_answered_no_time_has_passed()
    {
        Measurement measurement = new(s_timed);
        measurement.Begin(0);
        Assert.Equal(0, measurement.Seconds);
    }
}
