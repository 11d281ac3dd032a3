using System.Collections.Generic;

namespace EchoNative.Posix;

/// <summary>A stretch of addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address behind it.</param>
internal readonly record struct MemoryRange(nuint Start, nuint End)
{
    public bool IsEmpty => End <= Start;

    public bool Contains(nuint address) => Start <= address && address < End;

    /// <summary>All pages that it touches.</summary>
    public MemoryRange Outward(nuint pageSize) => new(Start / pageSize * pageSize, (End + pageSize - 1) / pageSize * pageSize);

    /// <summary>The pages that lie in it with all their bytes. There may be none.</summary>
    public MemoryRange Inward(nuint pageSize) => new((Start + pageSize - 1) / pageSize * pageSize, End / pageSize * pageSize);

    /// <summary>What is left of it when others are taken away.</summary>
    public List<MemoryRange> Without(IEnumerable<MemoryRange> others)
    {
        List<MemoryRange> left = [];
        Add(left, this);
        foreach (MemoryRange other in others)
        {
            List<MemoryRange> rest = [];
            foreach (MemoryRange piece in left)
            {
                Add(rest, new MemoryRange(piece.Start, nuint.Min(piece.End, other.Start)));
                Add(rest, new MemoryRange(nuint.Max(piece.Start, other.End), piece.End));
            }

            left = rest;
        }

        return left;
    }

    private static void Add(List<MemoryRange> pieces, MemoryRange piece)
    {
        if (!piece.IsEmpty)
        {
            pieces.Add(piece);
        }
    }
}
