using System;
using System.Globalization;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>Decimal numbers on the command line: digits only, and nothing behind them.</summary>
internal static class Number
{
    public const int HighestPort = 65535;

    /// <summary>Reads a number in a range.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="name">What the argument is called, for the message.</param>
    /// <param name="lowest">The smallest value that is allowed.</param>
    /// <param name="highest">The largest value that is allowed.</param>
    /// <exception cref="UsageException">It is not a number, or out of the range.</exception>
    public static int Parse(string text, string name, int lowest, int highest) =>
        (int)Parse(text, name, lowest, (long)highest);

    /// <inheritdoc cref="Parse(string, string, int, int)"/>
    public static long Parse(string text, string name, int lowest, long highest) =>
        text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 // the class library lets NUL characters follow
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number >= lowest && number <= highest
            ? number
            : throw new UsageException($"{name} '{text}' is not a number from {lowest} to {highest}");
}
