using System;
using System.Linq;
using EchoNative.Bench;

namespace EchoNative.UnitTests;

public sealed class BenchLatencyHistogramTests
{
    private const double Tolerance = 0.002;

    private static readonly double[] s_shares = [0.001, 0.5, 0.9, 0.99, 0.999, 1];

    [Fact]
    public void An_empty_histogram_has_zeros()
    {
        LatencyHistogram histogram = new();
        Assert.All(s_shares, share => Assert.Equal(0, histogram.GetPercentile(share)));
        Assert.Equal(0, histogram.Maximum);
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Short_times_are_exact()
    {
        LatencyHistogram histogram = new();
        for (int time = 1; time <= 500; time++)
        {
            histogram.Add(time);
        }

        Assert.Equal(1, histogram.GetPercentile(0.0001));
        Assert.Equal(5, histogram.GetPercentile(0.01));
        Assert.Equal(250, histogram.GetPercentile(0.5));
        Assert.Equal(500, histogram.GetPercentile(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(12_345)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1_000_000_007)]
    [InlineData(10_000_000_000)]
    [InlineData((1L << 44) - 1)]
    public void Each_time_is_within_the_documented_error(long time)
    {
        LatencyHistogram histogram = new();
        histogram.Add(time);
        histogram.Add(long.MaxValue); // otherwise the percentile would be cut down to the maximum
        Assert.InRange(histogram.GetPercentile(0.5), time * (1 - Tolerance), time * (1 + Tolerance));
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_times()
    {
        Random random = new(1);
        LatencyHistogram histogram = new();
        long[] times = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 25))];
        foreach (long time in times)
        {
            histogram.Add(time);
        }

        Array.Sort(times);
        foreach (double share in s_shares)
        {
            long exact = times[(int)Math.Ceiling(share * times.Length) - 1];
            Assert.InRange(histogram.GetPercentile(share), (exact * (1 - Tolerance)) - 1, (exact * (1 + Tolerance)) + 1);
        }

        Assert.Equal(times[^1], histogram.Maximum);
        Assert.Equal(times.Length, histogram.Count);
    }

    [Fact]
    public void No_percentile_is_above_the_maximum()
    {
        LatencyHistogram histogram = new();
        histogram.Add(1_000_000);
        Assert.Equal(histogram.Maximum, Math.Max(histogram.Maximum, histogram.GetPercentile(1)));
        Assert.Equal(1_000_000, histogram.Maximum);
    }

    [Fact]
    public void Times_out_of_range_count_as_the_nearest_in_range()
    {
        LatencyHistogram histogram = new();
        histogram.Add(-1);
        histogram.Add(long.MaxValue);
        Assert.Equal(0, histogram.GetPercentile(0.5));
        Assert.Equal((1L << 44) - 1, histogram.Maximum);
    }
}
