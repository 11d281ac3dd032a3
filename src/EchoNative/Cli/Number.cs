using System;
using System.Globalization;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>Decimal numbers on the command line: ASCII digits and nothing else.</summary>
internal static class Number
{
    public const int HighestPort = 65535;

    /// <summary>Reads a number in a range.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="name">The name of the argument, for the error message.</param>
    /// <param name="lowest">The smallest allowed value.</param>
    /// <param name="highest">The largest allowed value.</param>
    /// <exception cref="UsageException">The text is not a number, or it is out of range.</exception>
    public static int Parse(string text, string name, int lowest, int highest) =>
        (int)Parse(text, name, lowest, (long)highest);

    /// <inheritdoc cref="Parse(string, string, int, int)"/>
    public static long Parse(string text, string name, int lowest, long highest) =>
        text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 // long.TryParse accepts trailing NUL characters
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        && number >= lowest && number <= highest
            ? number
            : throw new UsageException($"{name} '{text}' is not a number from {lowest} to {highest}");
}
