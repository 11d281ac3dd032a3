using System.Collections.Generic;
using System.Linq;
using EchoNative.Posix;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

public sealed class MemoryRangeTests
{
    [Property(MaxTest = 2000)]
    public void What_is_left_holds_exactly_the_addresses_that_were_not_taken_away(
        byte start, byte length, (byte Start, byte Length)[] others)
    {
        MemoryRange range = new(start, (nuint)(start + length));
        List<MemoryRange> taken =
            [.. others.Select(other => new MemoryRange(other.Start, (nuint)(other.Start + other.Length)))];
        List<MemoryRange> left = range.Without(taken);
        for (nuint address = 0; address < 2 * byte.MaxValue; address++)
        {
            Assert.Equal(
                range.Contains(address) && !taken.Exists(other => other.Contains(address)),
                left.Any(piece => piece.Contains(address)));
        }

        Assert.DoesNotContain(left, piece => piece.IsEmpty);
    }

    [Theory]
    [InlineData(0x1000, 0x3000, 0x1000, 0x3000, 0x1000, 0x3000)]
    [InlineData(0x1001, 0x2fff, 0x1000, 0x3000, 0x2000, 0x2000)]
    [InlineData(0x1fff, 0x3001, 0x1000, 0x4000, 0x2000, 0x3000)]
    public void Pages_are_counted_whole_outward_or_inward(
        int start, int end, int outerStart, int outerEnd, int innerStart, int innerEnd)
    {
        MemoryRange range = new((nuint)start, (nuint)end);
        Assert.Equal(new MemoryRange((nuint)outerStart, (nuint)outerEnd), range.Outward(0x1000));
        Assert.Equal(new MemoryRange((nuint)innerStart, (nuint)innerEnd), range.Inward(0x1000));
    }

    [Fact]
    public void Less_than_a_page_has_no_whole_page() => Assert.True(new MemoryRange(0x1001, 0x1fff).Inward(0x1000).IsEmpty);
}
