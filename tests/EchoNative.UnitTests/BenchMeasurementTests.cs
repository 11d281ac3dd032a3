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
    public void Only_operations_started_between_the_warm_up_and_the_end_count()
    {
        Measurement measurement = new(s_timed);
        measurement.Begin(0);
        Assert.True(measurement.TryStart(Second - 1));
        measurement.AddAnswer(Second - 1, Second + 10);
        Assert.Equal(0, measurement.Operations);

        Assert.True(measurement.TryStart(Second));
        measurement.AddAnswer(Second, Second + 500);
        Assert.True(measurement.TryStart((3 * Second) - 1));
        Assert.False(measurement.IsTimeOver((3 * Second) - 1));
        Assert.False(measurement.TryStart(3 * Second));
        Assert.True(measurement.IsTimeOver(3 * Second));

        // An answer after the end counts: otherwise the slowest answers would be left out.
        measurement.AddAnswer((3 * Second) - 1, 5 * Second);
        Assert.Equal(2, measurement.Operations);
        Assert.Equal(6, measurement.Bytes);
        Assert.Equal(4, measurement.Seconds);
        Assert.Equal((2 * Second) + 1, measurement.Latencies.Maximum);
    }

    [Fact]
    public void A_run_with_a_count_ends_by_the_count_and_not_by_time()
    {
        Measurement measurement = new(s_timed with { Count = 2 });
        measurement.Begin(0);
        Assert.True(measurement.TryStart(0)); // warm-up
        Assert.True(measurement.TryStart(100 * Second));
        Assert.True(measurement.TryStart(100 * Second));
        Assert.False(measurement.TryStart(100 * Second));
        Assert.False(measurement.IsTimeOver(long.MaxValue));
    }

    [Fact]
    public void A_run_without_answers_lasts_no_seconds()
    {
        Measurement measurement = new(s_timed);
        measurement.Begin(0);
        Assert.Equal(0, measurement.Seconds);
    }
}
