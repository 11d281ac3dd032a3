using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using EchoNative.Posix;
using EchoNative.Testing;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class MemoryAreaTests
{
    [Theory]
    [InlineData("1000-3000 rw-p 00000000 00:00 0 ", true, nameof(MemoryProtection.Writable))]
    [InlineData("1000-3000 ---p 00000000 00:00 0", true, nameof(MemoryProtection.Reserved))]
    [InlineData("1000-3000 rw-p 00000000 00:00 0       [stack]", false, nameof(MemoryProtection.Writable))]
    [InlineData("1000-3000 r-xp 0000c000 fe:00 5308844 /bin/true", false, nameof(MemoryProtection.Other))]
    [InlineData("1000-3000 r-xp 0000c000 00:00 10", false, nameof(MemoryProtection.Other))]
    public void A_line_of_maps_is_read(string line, bool isAnonymous, string protection)
    {
        // With short addresses, and with those of a real process.
        MemoryProtection expected = Enum.Parse<MemoryProtection>(protection);
        AssertParses(line, new MemoryArea(new MemoryRange(0x1000, 0x3000), isAnonymous, expected));
        ulong start = 0x7ffce0795000;
        ulong end = 0x7ffce07b6000;
        string atRealAddress = line.Replace("1000-3000", "7ffce0795000-7ffce07b6000", StringComparison.Ordinal);
        AssertParses(atRealAddress, new MemoryArea(new MemoryRange((nuint)start, (nuint)end), isAnonymous, expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7f8636000000")]
    [InlineData("7f8636000000-")]
    [InlineData("-7f8636000000 rw-p")]
    [InlineData("VmFlags: rd wr")]
    [InlineData("7f8636000000 7f8636001000 rw-p")]
    public void What_is_no_such_line_is_refused(string line) =>
        Assert.False(MemoryArea.TryParse(Encoding.ASCII.GetBytes(line), out _));

    [Fact]
    public void The_pieces_of_this_process_are_in_order_and_hold_its_variables()
    {
        nuint here = AddressOfALocal();
        List<MemoryArea> areas = MemoryArea.ReadAll();
        Assert.Contains(areas, area => area.Range.Contains(here));
        Assert.All(areas.Zip(areas.Skip(1)), pair => Assert.True(pair.First.Range.End <= pair.Second.Range.Start));
    }

    [Fact]
    public void The_buffer_for_reading_them_is_not_among_them()
    {
        // A mapping of the same length gets the address that has become free, unless another thread is faster.
        Deadline.WaitUntil(
            () =>
            {
                List<MemoryArea> areas = MemoryArea.ReadAll();
                MemoryMapping next = MemoryMapping.Private(1024 * 1024);
                bool isListed = areas.Exists(area => area.Range.Contains(next.Range.Start));
                next.Free();
                return !isListed;
            },
            "the address of the buffer is not in the list");
    }

    private static void AssertParses(string line, MemoryArea expected)
    {
        Assert.True(MemoryArea.TryParse(Encoding.ASCII.GetBytes(line), out MemoryArea area), line);
        Assert.Equal(expected, area);
    }

    private static unsafe nuint AddressOfALocal()
    {
        int local = 0;
        return (nuint)(&local);
    }
}
