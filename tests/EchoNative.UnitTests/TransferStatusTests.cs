using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class TransferStatusTests
{
    private const long Second = 1_000_000_000;
    private const long Millisecond = 1_000_000;

    private long _now = 7 * Second;

    [Theory]
    [InlineData(0, 0, 0, "0 bytes sent, 0 received, 0.000 s, 0 B/s")]
    [InlineData(10, 4, Second / 2, "10 bytes sent, 4 received, 0.500 s, 8 B/s")]
    [InlineData(10, 4, 0, "10 bytes sent, 4 received, 0.000 s, 0 B/s")]
    [InlineData(1_048_576, 1_048_576, Second, "1048576 bytes sent, 1048576 received, 1.000 s, 1.05 MB/s")]
    [InlineData(0, long.MaxValue, 1000 * Second, "0 bytes sent, 9223372036854775807 received, 1000.000 s, 9223372 GB/s")]
    public void It_shows_bytes_seconds_and_the_rate_of_what_came_back(long sent, long received, long nanoseconds, string text) =>
        Assert.Equal(text, TransferStatus.Format(sent, received, nanoseconds));

    [Theory]
    [InlineData(999, "999 B/s")]
    [InlineData(1000, "1.00 kB/s")]
    [InlineData(9_994, "9.99 kB/s")]
    [InlineData(9_996, "10.0 kB/s")]
    [InlineData(99_940, "99.9 kB/s")]
    [InlineData(99_960, "100 kB/s")]
    [InlineData(999_400, "999 kB/s")]
    [InlineData(999_600, "1.00 MB/s")]
    [InlineData(999_600_000, "1.00 GB/s")]
    [InlineData(12_345_678_901_234, "12346 GB/s")]
    public void A_rate_has_three_digits_and_never_a_thousand_of_a_unit_that_has_a_larger_one(long received, string rate) =>
        Assert.EndsWith($" s, {rate}", TransferStatus.Format(0, received, Second), default);

    [Fact]
    public void It_is_redrawn_every_half_second_over_the_line_before()
    {
        TransferStatus status = new(isRedrawn: true, () => _now);
        Assert.False(status.CheckDue());
        Assert.Equal(500, status.MillisecondsUntilDue);
        _now += 499 * Millisecond + 1;
        Assert.False(status.CheckDue());
        Assert.Equal(1, status.MillisecondsUntilDue);
        _now += 2 * Millisecond;
        Assert.Equal(0, status.MillisecondsUntilDue);
        Assert.True(status.CheckDue());
        Assert.False(status.CheckDue());
        Assert.Equal(500, status.MillisecondsUntilDue);

        _now = 8 * Second;
        Assert.Equal("\r1000 bytes sent, 100 received, 1.000 s, 100 B/s", status.Redraw(1000, 100));
        Assert.Equal("\r1 bytes sent, 1 received, 1.000 s, 1 B/s       \n", status.End(1, 1));
    }

    [Fact]
    public void Without_redrawing_it_is_never_due_and_one_line()
    {
        TransferStatus status = new(isRedrawn: false, () => _now);
        _now += 10 * Second;
        Assert.False(status.CheckDue());
        Assert.Equal(-1, status.MillisecondsUntilDue);
        Assert.Equal("20 bytes sent, 20 received, 10.000 s, 2 B/s\n", status.End(20, 20));
    }
}
