using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>Ratios on a line: twice as much is as far to the right of 1 as half as much is to the left.</summary>
internal sealed class LogAxis
{
    private readonly double _left;
    private readonly double _width;
    private readonly double _lowest;
    private readonly double _highest;

    /// <summary>Makes an axis on which all ratios have room, and 1 in any case.</summary>
    /// <param name="ratios">The ratios.</param>
    /// <param name="left">Where it begins, in units of the picture.</param>
    /// <param name="width">How long it is.</param>
    public LogAxis(IEnumerable<double> ratios, double left, double width)
    {
        // Some room beyond the outermost on both sides.
        const double Room = 1.12;
        double[] all = [.. ratios, 1];
        _left = left;
        _width = width;
        _lowest = Math.Log2(all.Min() / Room);
        _highest = Math.Log2(all.Max() * Room);
    }

    public double Left => _left;

    public double Right => _left + _width;

    /// <summary>The ratios that are marked: powers of two, and closer where the axis is short.</summary>
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

    /// <summary>Where a ratio lies.</summary>
    public double At(double ratio) =>
        _left + (_width * Math.Clamp((Math.Log2(ratio) - _lowest) / (_highest - _lowest), 0, 1));

    /// <summary>How a tick is labelled.</summary>
    public static string Label(double ratio) => ratio.ToString("0.###", CultureInfo.InvariantCulture);

    private bool IsWithin(double ratio) => Math.Log2(ratio) >= _lowest && Math.Log2(ratio) <= _highest;
}
