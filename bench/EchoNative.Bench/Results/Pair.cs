namespace EchoNative.Bench;

/// <summary>Ours and another's, measured one right after the other.</summary>
internal readonly record struct Pair(double Ours, double Other)
{
    public double Ratio => Ours / Other;
}
