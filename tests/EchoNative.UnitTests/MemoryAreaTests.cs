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
    [InlineData("7f8636000000-7f8636001000 rw-p 00000000 00:00 0 ", 0x7f8636000000, 0x7f8636001000, true, nameof(MemoryProtection.Writable))]
    [InlineData("7f8636000000-7f8636001000 ---p 00000000 00:00 0", 0x7f8636000000, 0x7f8636001000, true, nameof(MemoryProtection.Reserved))]
    [InlineData("7ffce0795000-7ffce07b6000 rw-p 00000000 00:00 0                          [stack]", 0x7ffce0795000, 0x7ffce07b6000, false, nameof(MemoryProtection.Writable))]
    [InlineData("563e2000-563e3000 r-xp 0000c000 fe:00 5308844                    /bin/true", 0x563e2000, 0x563e3000, false, nameof(MemoryProtection.Other))]
    [InlineData("563e2000-563e3000 r-xp 0000c000 00:00 10", 0x563e2000, 0x563e3000, false, nameof(MemoryProtection.Other))]
    public void A_line_of_maps_is_read(string line, long start, long end, bool isAnonymous, string protection)
    {
        Assert.True(MemoryArea.TryParse(Encoding.ASCII.GetBytes(line), out MemoryArea area));
        Assert.Equal(new MemoryArea(new MemoryRange((nuint)start, (nuint)end), isAnonymous, Enum.Parse<MemoryProtection>(protection)), area);
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
    public void What_was_mapped_for_reading_them_is_not_told()
    {
        // A mapping of the same length gets the place that is free again, unless another thread is quicker.
        Deadline.WaitUntil(
            () =>
            {
                List<MemoryArea> areas = MemoryArea.ReadAll();
                MemoryMapping next = MemoryMapping.Private(1024 * 1024);
                bool isTold = areas.Exists(area => area.Range.Contains(next.Range.Start));
                next.Free();
                return !isTold;
            },
            "the place of the buffer is told of as free");
    }

    private static unsafe nuint AddressOfALocal()
    {
        int local = 0;
        return (nuint)(&local);
    }
}
