using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>One line of the results: ours beside one other.</summary>
internal sealed record Row
{
    /// <summary>What was measured.</summary>
    public required string What { get; init; }

    /// <summary>Who the other is, or what the limit.</summary>
    public required string Against { get; init; }

    public required Target Target { get; init; }

    public required Unit Unit { get; init; }

    public required IReadOnlyList<Pair> Rounds { get; init; }

    /// <summary>Why the row does not count, if it does not.</summary>
    public string? Fault { get; init; }

    public bool IsValid => Fault is null && Rounds.Count > 0;

    public double Ours => Median(Rounds.Select(pair => pair.Ours));

    public double Other => Median(Rounds.Select(pair => pair.Other));

    /// <summary>The median of the rounds' ratios, not the ratio of the medians: each round has its own weather.</summary>
    public double Ratio => Median(Rounds.Select(pair => pair.Ratio));

    public double LowestRatio => Rounds.Min(pair => pair.Ratio);

    public double HighestRatio => Rounds.Max(pair => pair.Ratio);

    /// <summary>A quarter of the rounds had less.</summary>
    public double LowerQuartile => Rounds.Select(pair => pair.Ratio).Order().ElementAt((Rounds.Count - 1) / 4);

    /// <summary>A quarter of the rounds had more.</summary>
    public double UpperQuartile => Rounds.Select(pair => pair.Ratio).OrderDescending().ElementAt((Rounds.Count - 1) / 4);

    /// <summary>The target as a ratio.</summary>
    public double TargetRatio => Target.RatioBeside(Other);

    public bool IsMet => IsValid && Target.IsSet && Target.IsMetBy(Ratio, Other);

    public string Verdict => !IsValid ? "invalid" : !Target.IsSet ? "" : IsMet ? "met" : "short";

    public string Spread => ShowRatio(LowestRatio) + " .. " + ShowRatio(HighestRatio);

    /// <summary>A ratio with as many digits as say something.</summary>
    public static string ShowRatio(double ratio) =>
        ratio.ToString(ratio >= 10 ? "0.0" : ratio >= 2 ? "0.00" : "0.000", CultureInfo.InvariantCulture);

    /// <summary>A number that is no matter of chance, beside a limit.</summary>
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
