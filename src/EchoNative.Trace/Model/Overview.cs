using System.Collections.Generic;
using System.Globalization;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>The size of a log in one line: lines, processes, sockets, seconds.</summary>
internal static class Overview
{
    public static string Of(History history)
    {
        StraceLog log = history.Log;
        List<string> parts =
        [
            Count(log.Lines, "line"),
            Count(history.Processes.Count, "process", "es"),
            Count(history.DrawnFiles.Count, "socket"),
            string.Create(CultureInfo.InvariantCulture, $"{history.SecondsAt(log.Last):0.000} s"),
            $"{Count(log.Unknown.Count, "line")} not understood",
        ];
        return string.Join(", ", parts);
    }

    private static string Count(int number, string noun, string plural = "s") =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : plural)}");
}
