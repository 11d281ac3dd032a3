using System;
using System.Numerics;

namespace EchoNative.Bench;

/// <summary>
/// How many operations took how long. Times are sorted into bins that are as wide as 1/256 of what they
/// hold, so that a percentile is wrong by 0.2 % at most; the maximum is exact. The memory it takes is the
/// same for ten operations and for a thousand million.
/// </summary>
internal sealed class LatencyHistogram
{
    // Each power of two is divided into so many bins. Below, a bin is one nanosecond wide.
    private const int Divisions = 256;
    private const int DivisionBits = 8;
    private const int LongestBits = 44; // almost five hours
    private const long Longest = (1L << LongestBits) - 1;

    private readonly long[] _bins = new long[(LongestBits - DivisionBits + 1) * Divisions];

    /// <summary>How many times have been added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest time, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    /// <summary>Adds a time.</summary>
    /// <param name="nanoseconds">The time; below 0 it is 0.</param>
    public void Add(long nanoseconds)
    {
        long time = Math.Clamp(nanoseconds, 0, Longest);
        _bins[IndexOf(time)]++;
        Count++;
        Maximum = Math.Max(Maximum, time);
    }

    /// <summary>The time that a share of all operations did not exceed (the nearest rank).</summary>
    /// <param name="share">Above 0, up to 1.</param>
    /// <returns>Nanoseconds; 0 where nothing has been added.</returns>
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
        // A time of b bits is told apart by its highest 9 bits; the number of the others is its power.
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
