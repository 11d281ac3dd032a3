using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Benchmark;

/// <summary>A logarithmic axis for ratios: 2 is as far to the right of 1 as 0.5 is to the left.</summary>
internal sealed class LogAxis
{
    private readonly double _left;
    private readonly double _width;
    private readonly double _lowest;
    private readonly double _highest;

    /// <summary>Makes an axis that covers all ratios, and 1.</summary>
    /// <param name="ratios">The ratios.</param>
    /// <param name="left">Its left end, in units of the picture.</param>
    /// <param name="width">Its length, in units of the picture.</param>
    public LogAxis(IEnumerable<double> ratios, double left, double width)
    {
        // A margin beyond the outermost ratios.
        const double Room = 1.12;
        double[] all = [.. ratios, 1];
        _left = left;
        _width = width;
        _lowest = Math.Log2(all.Min() / Room);
        _highest = Math.Log2(all.Max() * Room);
    }

    public double Left => _left;

    public double Right => _left + _width;

    /// <summary>The ratios with a mark: powers of two, with more in between on a short axis.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            const double ShortAxis = 2.5; // powers of two
            double[] within = _highest - _lowest > ShortAxis ? [1] : [1, 1.25, 1.5, 1.75];
            for (double power = Math.Floor(_lowest); power <= _highest; power++)
            {
                foreach (double ratio in within.Select(part => part * Math.Pow(2, power)).Where(IsWithin))
                {
                    yield return ratio;
                }
            }
        }
    }

    /// <summary>The position of a ratio, in units of the picture. A ratio beyond the axis lies at its end.</summary>
    public double At(double ratio) =>
        _left + (_width * Math.Clamp((Math.Log2(ratio) - _lowest) / (_highest - _lowest), 0, 1));

    /// <summary>The label of a mark.</summary>
    public static string Label(double ratio) => ratio.ToString("0.###", CultureInfo.InvariantCulture);

    private bool IsWithin(double ratio) => Math.Log2(ratio) >= _lowest && Math.Log2(ratio) <= _highest;
}
