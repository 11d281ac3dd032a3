using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Benchmark;

/// <summary>Our value and the other's, measured in the same round.</summary>
internal readonly record struct Pair(double Ours, double Other)
{
    public double Ratio => Ours / Other;
}

/// <summary>A unit, and how numbers in it are shown.</summary>
/// <param name="Name">The name that follows the number.</param>
/// <param name="Decimals">How many decimals are shown.</param>
internal sealed record Unit(string Name, int Decimals)
{
    public static Unit PerSecond { get; } = new("/s", 0);

    public static Unit Microseconds { get; } = new("us", 1);

    public static Unit Milliseconds { get; } = new("ms", 2);

    public static Unit Count { get; } = new("", 0);

    public static Unit Faults { get; } = new("", 1);

    public static Unit SecondsPerGigabyte { get; } = new("s/GB", 3);

    public static Unit GigabytesPerSecond { get; } = new("GB/s", 2);

    public static Unit Kibibytes { get; } = new("kB", 0);

    public static Unit Megabytes { get; } = new("MB", 2);

    /// <summary>The number with its unit.</summary>
    public string Show(double number)
    {
        string digits = number.ToString("N" + Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return Name.Length == 0 ? digits : $"{digits} {Name}";
    }
}

/// <summary>One row of the results: our program compared with one other, or with a limit.</summary>
internal sealed record Row
{
    /// <summary>What was measured.</summary>
    public required string What { get; init; }

    /// <summary>The name of the other, or of the limit.</summary>
    public required string Against { get; init; }

    public required Target Target { get; init; }

    public required Unit Unit { get; init; }

    public required IReadOnlyList<Pair> Rounds { get; init; }

    /// <summary>Why the row does not count; null if it counts.</summary>
    public string? Fault { get; init; }

    public bool IsValid => Fault is null && Rounds.Count > 0;

    public double Ours => Median(Rounds.Select(pair => pair.Ours));

    public double Other => Median(Rounds.Select(pair => pair.Other));

    /// <summary>
    /// The median of the rounds' ratios. It is not the ratio of the medians, since conditions differ from round to round.
    /// </summary>
    public double Ratio => Median(Rounds.Select(pair => pair.Ratio));

    public double LowestRatio => Rounds.Min(pair => pair.Ratio);

    public double HighestRatio => Rounds.Max(pair => pair.Ratio);

    /// <summary>The ratio below which a quarter of the rounds lies.</summary>
    public double LowerQuartile => Rounds.Select(pair => pair.Ratio).Order().ElementAt((Rounds.Count - 1) / 4);

    /// <summary>The ratio above which a quarter of the rounds lies.</summary>
    public double UpperQuartile => Rounds.Select(pair => pair.Ratio).OrderDescending().ElementAt((Rounds.Count - 1) / 4);

    /// <summary>The target as a ratio.</summary>
    public double TargetRatio => Target.RatioBeside(Other);

    public bool IsMet => IsValid && Target.IsSet && Target.IsMetBy(Ratio, Other);

    public string Verdict => !IsValid ? "invalid" : !Target.IsSet ? "" : IsMet ? "met" : "short";

    public string Spread => ShowRatio(LowestRatio) + " .. " + ShowRatio(HighestRatio);

    /// <summary>A ratio as text, with fewer decimals for larger ones.</summary>
    public static string ShowRatio(double ratio) =>
        ratio.ToString(ratio >= 10 ? "0.0" : ratio >= 2 ? "0.00" : "0.000", CultureInfo.InvariantCulture);

    /// <summary>A row for a number that does not vary between rounds, compared with a limit.</summary>
    public static Row OfLimit(string what, string against, Target target, Unit unit, double ours, double limit) => new()
    {
        What = what,
        Against = against,
        Target = target,
        Unit = unit,
        Rounds = [new Pair(ours, limit)],
    };

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
