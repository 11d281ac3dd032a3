using System.Collections.Generic;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

[Collection(nameof(MappingCollection))]
public sealed class ParentMemoryTests
{
    private const int Page = 0x1000;

    [Fact]
    public void Neighbours_make_one_stretch_whether_in_use_or_reserved() =>
        Assert.Equal(
            [new MemoryRange(0x10000, 0x20000), new MemoryRange(0x30000, 0x31000)],
            ParentMemory.FindStretches(
                [
                    Area(0x10000, 0x11000, MemoryProtection.Writable),
                    Area(0x11000, 0x1f000, MemoryProtection.Reserved),
                    Area(0x1f000, 0x20000, MemoryProtection.Writable),
                    Area(0x30000, 0x31000, MemoryProtection.Writable),
                ],
                Page));

    [Fact]
    public void A_single_page_that_guards_nothing_is_part_of_a_stretch() =>
        Assert.Equal(
            [new MemoryRange(0x10000, 0x13000), new MemoryRange(0x14000, 0x15000)],
            ParentMemory.FindStretches(
                [
                    Area(0x10000, 0x12000, MemoryProtection.Writable),
                    Area(0x12000, 0x13000, MemoryProtection.Reserved),
                    Area(0x14000, 0x15000, MemoryProtection.Reserved),
                ],
                Page));

    [Fact]
    public void Guards_files_and_code_are_not_in_a_stretch()
    {
        List<MemoryArea> areas =
        [
            Area(0x10000, 0x12000, MemoryProtection.Writable),
            Area(0x12000, 0x13000, MemoryProtection.Reserved),
            Area(0x13000, 0x15000, MemoryProtection.Writable),
            Area(0x15000, 0x17000, MemoryProtection.Other),
            Area(0x17000, 0x18000, MemoryProtection.Writable),
            Area(0x18000, 0x19000, MemoryProtection.Writable) with { IsAnonymous = false },
            Area(0x19000, 0x1b000, MemoryProtection.Reserved),
        ];
        Assert.Equal(
            [new(0x10000, 0x12000), new(0x13000, 0x15000), new(0x17000, 0x18000), new(0x19000, 0x1b000)],
            ParentMemory.FindStretches(areas, Page));
        Assert.Empty(ParentMemory.FindStretches([], Page));
    }

    private static MemoryArea Area(nuint start, nuint end, MemoryProtection protection) =>
        new(new MemoryRange(start, end), IsAnonymous: true, protection);
}
