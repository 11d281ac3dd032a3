using System.Globalization;

namespace EchoNative.Benchmark;

/// <summary>The target for our value: a multiple of the other's value, plus an allowance if one is given.</summary>
internal sealed record Target
{
    private Target(bool moreIsBetter) => MoreIsBetter = moreIsBetter;

    /// <summary>Whether a larger number is the better one.</summary>
    public bool MoreIsBetter { get; }

    /// <summary>Whether there is a target. If not, the row is only a comparison.</summary>
    public bool IsSet => Factor > 0;

    private double Factor { get; init; }

    private double Allowance { get; init; }

    /// <summary>At least this multiple of the other's value.</summary>
    public static Target AtLeast(double factor) => new(moreIsBetter: true) { Factor = factor };

    /// <summary>At most this multiple of the other's value.</summary>
    public static Target AtMost(double factor) => new(moreIsBetter: false) { Factor = factor };

    /// <summary>At most the other's value plus the allowance.</summary>
    public static Target AtMostOther(double allowance) => new(moreIsBetter: false) { Factor = 1, Allowance = allowance };

    /// <summary>No target; a larger value is better.</summary>
    public static Target More { get; } = new(moreIsBetter: true);

    /// <summary>No target; a smaller value is better.</summary>
    public static Target Less { get; } = new(moreIsBetter: false);

    /// <summary>The target as a ratio to the other's value.</summary>
    public double RatioBeside(double other) => Factor + (Allowance / other);

    /// <summary>Whether a ratio meets the target. Both are rounded to three decimals, as in the table.</summary>
    public bool IsMetBy(double ratio, double other)
    {
        double difference = double.Round(ratio, 3) - double.Round(RatioBeside(other), 3);
        return MoreIsBetter ? difference >= 0 : difference <= 0;
    }

    public override string ToString()
    {
        string sign = MoreIsBetter ? ">=" : "<=";
        return !IsSet ? ""
            : Allowance > 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign} other + {Allowance:0.##}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign} {Factor:0.00}");
    }
}
