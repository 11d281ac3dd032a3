using System;
using System.Numerics;

namespace EchoNative.Bench;

/// <summary>
/// Counts times in bins. A bin is 1/256 as wide as its lower bound, so a percentile is off by at most 0.2 %; the
/// maximum is exact. The size in memory does not depend on how many times are added.
/// </summary>
internal sealed class LatencyHistogram
{
    // How many bins each power of two has. Below 256 ns a bin is one nanosecond wide.
    private const int Divisions = 256;
    private const int DivisionBits = 8;
    private const int LongestBits = 44; // 2^44 ns are almost five hours
    private const long Longest = (1L << LongestBits) - 1;

    private readonly long[] _bins = new long[(LongestBits - DivisionBits + 1) * Divisions];

    /// <summary>How many times have been added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest time, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    /// <summary>Adds a time.</summary>
    /// <param name="nanoseconds">The time. A negative time counts as 0, one above the longest as the longest.</param>
    public void Add(long nanoseconds)
    {
        long time = Math.Clamp(nanoseconds, 0, Longest);
        _bins[IndexOf(time)]++;
        Count++;
        Maximum = Math.Max(Maximum, time);
    }

    /// <summary>The time that this share of all times does not exceed (nearest-rank percentile).</summary>
    /// <param name="share">Above 0, up to 1.</param>
    /// <returns>Nanoseconds; 0 if nothing has been added.</returns>
    public long GetPercentile(double share)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        long passed = 0;
        for (int index = 0; index < _bins.Length; index++)
        {
            passed += _bins[index];
            if (passed >= rank)
            {
                return Math.Min(MiddleOf(index), Maximum);
            }
        }

        return 0;
    }

    private static int IndexOf(long time)
    {
        // The highest 9 bits of a time choose its bin; "power" is how many lower bits are dropped.
        int power = Math.Max(0, BitOperations.Log2((ulong)time) - DivisionBits);
        return (power * Divisions) + (int)(time >> power);
    }

    private static long MiddleOf(int index)
    {
        if (index < Divisions)
        {
            return index;
        }

        int power = (index / Divisions) - 1;
        long lowest = (long)(Divisions + (index % Divisions)) << power;
        return lowest + ((1L << power) / 2);
    }
}
