using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EchoNative.Testing;

/// <summary>The line of <c>echo-client --raw</c> on standard error that says how many bytes were sent and received.</summary>
public static partial class TransferLine
{
    /// <summary>Cuts the line off the start of a text, which must begin with it.</summary>
    /// <returns>The text behind the line.</returns>
    public static string Skip(string error) => Read(error).Behind;

    /// <summary>Reads the line at the start of a text, which must begin with it.</summary>
    /// <returns>The bytes of each direction, and the text behind the line.</returns>
    public static (long Sent, long Received, string Behind) Read(string error)
    {
        Match line = Line().Match(error);
        return line.Success
            ? (Number(line, 1), Number(line, 2), error[line.Length..])
            : throw new InvalidOperationException($"this does not begin with the line about the transfer: {error}");
    }

    private static long Number(Match line, int group) =>
        long.Parse(line.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(\d+) bytes sent, (\d+) received, \d+\.\d{3} s, \d+(\.\d+)? [kMG]?B/s\n")]
    private static partial Regex Line();
}
