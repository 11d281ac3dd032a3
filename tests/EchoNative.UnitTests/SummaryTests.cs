using EchoNative.Server;

namespace EchoNative.UnitTests;

public sealed class SummaryTests
{
    private const long Most = 1L << 30; // bytes in a millisecond

    [Theory]
    [InlineData(10, 5, 0, 15)]
    [InlineData(10, -5, 1000, 10)]
    [InlineData(10, long.MinValue, 1000, 10)]
    [InlineData(10, long.MaxValue, 0, Most)]
    [InlineData(10, long.MaxValue, 999, 1000 * Most)]
    [InlineData(1000 * Most, 1, 999, 1000 * Most)]
    public void Of_what_children_claim_only_what_is_possible_is_added(long counted, long claimed, long uptime, long sum) =>
        Assert.Equal(sum, Summary.Add(counted, claimed, uptime));
}
