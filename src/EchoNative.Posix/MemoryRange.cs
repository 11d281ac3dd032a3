using System.Collections.Generic;

namespace EchoNative.Posix;

/// <summary>A range of addresses.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address after it.</param>
internal readonly record struct MemoryRange(nuint Start, nuint End)
{
    public bool IsEmpty => End <= Start;

    public bool Contains(nuint address) => Start <= address && address < End;

    /// <summary>All pages that share at least one byte with it.</summary>
    public MemoryRange Outward(nuint pageSize) => new(Start / pageSize * pageSize, (End + pageSize - 1) / pageSize * pageSize);

    /// <summary>The pages that are completely in it. It may be empty.</summary>
    public MemoryRange Inward(nuint pageSize) => new((Start + pageSize - 1) / pageSize * pageSize, End / pageSize * pageSize);

    /// <summary>The part below another range. It may be empty.</summary>
    public MemoryRange Below(MemoryRange other) => this with { End = nuint.Min(End, other.Start) };

    /// <summary>The part above another range. It may be empty.</summary>
    public MemoryRange Above(MemoryRange other) => this with { Start = nuint.Max(Start, other.End) };

    /// <summary>The parts that are in none of the others, in no particular order.</summary>
    public List<MemoryRange> Without(List<MemoryRange> others)
    {
        List<MemoryRange> left = [];
        Add(left, this);
        foreach (MemoryRange other in others)
        {
            for (int index = left.Count - 1; index >= 0; index--)
            {
                MemoryRange piece = left[index];
                left.RemoveAt(index);
                Add(left, piece.Below(other));
                Add(left, piece.Above(other));
            }
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
