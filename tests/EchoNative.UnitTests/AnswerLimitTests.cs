using System;
using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class AnswerLimitTests
{
    private const long Millisecond = 1_000_000;

    private long _now = 5_000 * Millisecond;

    [Fact]
    public void Without_a_limit_it_never_passes()
    {
        AnswerLimit limit = new(null, () => _now);
        Assert.False(limit.Check(isMissing: true));
        _now = long.MaxValue;
        Assert.False(limit.Check(isMissing: true));
        Assert.Equal(-1, limit.MillisecondsUntilCheck);
    }

    [Fact]
    public void It_passes_when_an_answer_is_missing_for_the_whole_time()
    {
        AnswerLimit limit = Seconds(2);
        Assert.False(limit.Check(isMissing: true));
        _now += (2000 * Millisecond) - 1;
        Assert.False(limit.Check(isMissing: true));
        _now++;
        Assert.True(limit.Check(isMissing: true));
    }

    [Fact]
    public void The_time_starts_when_an_answer_begins_to_be_missing()
    {
        AnswerLimit limit = Seconds(2);
        Assert.False(limit.Check(isMissing: false));
        _now += 9000 * Millisecond;
        Assert.False(limit.Check(isMissing: true));
        _now += 1999 * Millisecond;
        Assert.False(limit.Check(isMissing: true));
        Assert.False(limit.Check(isMissing: false));
        _now += 1 * Millisecond;
        Assert.False(limit.Check(isMissing: true));
    }

    [Fact]
    public void Each_piece_that_arrives_starts_the_time_anew()
    {
        AnswerLimit limit = Seconds(2);
        for (int piece = 0; piece < 5; piece++)
        {
            Assert.False(limit.Check(isMissing: true));
            _now += 1500 * Millisecond;
            Assert.False(limit.Check(isMissing: true));
            limit.Restart();
        }
    }

    [Theory]
    [InlineData(1000, 100)]
    [InlineData(500, 50)]
    [InlineData(15, 2)]
    [InlineData(1, 1)]
    public void It_is_checked_a_tenth_of_the_limit_later_and_after_100_ms_at_the_latest(int milliseconds, int check)
    {
        AnswerLimit limit = new(TimeSpan.FromMilliseconds(milliseconds), () => _now);
        Assert.Equal(check, limit.MillisecondsUntilCheck);
        _ = limit.Check(isMissing: true);
        Assert.Equal(check, limit.MillisecondsUntilCheck);
    }

    [Fact]
    public void It_is_checked_when_the_limit_passes()
    {
        AnswerLimit limit = Seconds(2);
        _ = limit.Check(isMissing: true);
        _now += (1960 * Millisecond) - 1;
        Assert.Equal(41, limit.MillisecondsUntilCheck); // rounded up
        _now += 100 * Millisecond;
        Assert.Equal(0, limit.MillisecondsUntilCheck);
    }

    private AnswerLimit Seconds(int seconds) => new(TimeSpan.FromSeconds(seconds), () => _now);
}
