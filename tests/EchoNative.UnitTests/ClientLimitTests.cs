using EchoNative.Shared;

namespace EchoNative.UnitTests;

public sealed class ClientLimitTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1_000_000, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, true)]
    public void There_is_no_place_when_so_many_are_there_and_0_stands_for_any_number(int most, int active, bool isFull)
    {
        Assert.Equal(isFull, new ClientLimit(most, refuses: false).IsFull(active));
        Assert.Equal(isFull, new ClientLimit(most, refuses: false).HoldsBack(active));
        Assert.False(new ClientLimit(most, refuses: true).HoldsBack(active));
    }

    [Fact]
    public void Reaching_and_leaving_are_told_once_each()
    {
        ClientLimit limit = new(most: 2, refuses: true);
        Assert.False(limit.HasChanged(1, out _));
        Assert.True(limit.HasChanged(2, out bool isFull));
        Assert.True(isFull);
        Assert.False(limit.HasChanged(2, out _));
        Assert.True(limit.HasChanged(1, out isFull));
        Assert.False(isFull);
        Assert.False(limit.HasChanged(0, out _));
    }

    [Fact]
    public void Those_who_were_refused_are_counted_anew_each_time()
    {
        ClientLimit limit = new(most: 1, refuses: true);
        limit.NoteRefused();
        limit.NoteRefused();
        Assert.Equal(2, limit.TakeRefused());
        Assert.Equal(0, limit.TakeRefused());
    }
}
