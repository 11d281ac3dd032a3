using System.Globalization;

namespace EchoNative.Bench;

/// <summary>What ours is to reach beside another: so many times the other's, and a bit more where an allowance is given.</summary>
internal sealed record Target
{
    private Target(bool moreIsBetter) => MoreIsBetter = moreIsBetter;

    /// <summary>Whether a larger number is the better one.</summary>
    public bool MoreIsBetter { get; }

    /// <summary>Whether anything is to be reached, or the row is there for comparison.</summary>
    public bool IsSet => Factor > 0;

    private double Factor { get; init; }

    private double Allowance { get; init; }

    /// <summary>No less than so many times the other's.</summary>
    public static Target AtLeast(double factor) => new(moreIsBetter: true) { Factor = factor };

    /// <summary>No more than so many times the other's.</summary>
    public static Target AtMost(double factor) => new(moreIsBetter: false) { Factor = factor };

    /// <summary>No more than the other's and so many.</summary>
    public static Target AtMostOther(double allowance) => new(moreIsBetter: false) { Factor = 1, Allowance = allowance };

    /// <summary>More is better, and that is all.</summary>
    public static Target More { get; } = new(moreIsBetter: true);

    /// <summary>Less is better, and that is all.</summary>
    public static Target Less { get; } = new(moreIsBetter: false);

    /// <summary>The target as a ratio, where the other has this number.</summary>
    public double RatioBeside(double other) => Factor + (Allowance / other);

    /// <summary>Whether a ratio reaches it. What is shown decides: three decimals.</summary>
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
