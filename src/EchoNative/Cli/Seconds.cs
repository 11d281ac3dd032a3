using System;
using System.Globalization;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>Durations on the command line: seconds, with up to three decimals.</summary>
internal static class Seconds
{
    private const int Decimals = 3;
    private const int MillisecondsPerSecond = 1000;

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The argument, such as <c>5</c> or <c>0.5</c>.</param>
    /// <param name="name">The name of the argument, for the error message.</param>
    /// <param name="lowestMilliseconds">The shortest allowed duration, in milliseconds: 0 or 1.</param>
    /// <param name="highest">The longest allowed duration, in seconds.</param>
    /// <exception cref="UsageException">
    /// The text is not a number, has more than three decimals, or is out of range.
    /// </exception>
    public static TimeSpan Parse(string text, string name, int lowestMilliseconds, int highest)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text : text[..point];
        string fraction = point < 0 ? "0" : text[(point + 1)..];
        bool isNumber = IsNumber(whole) && IsNumber(fraction) && fraction.Length <= Decimals;
        if (isNumber
            && int.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            && seconds <= highest)
        {
            long milliseconds = ((long)seconds * MillisecondsPerSecond)
                + int.Parse(fraction.PadRight(Decimals, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
            if (milliseconds >= lowestMilliseconds && milliseconds <= (long)highest * MillisecondsPerSecond)
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        string lowest = lowestMilliseconds == 0 ? "0" : "0.001";
        throw new UsageException(
            $"{name} '{text}' is not a number of seconds from {lowest} to {highest}, with at most {Decimals} decimals");
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
