using System.Globalization;

namespace EchoNative.Bench;

/// <summary>How a number is shown.</summary>
/// <param name="Name">What stands behind it.</param>
/// <param name="Decimals">How many digits stand behind the point.</param>
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
