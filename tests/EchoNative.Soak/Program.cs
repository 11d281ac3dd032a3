using System;
using System.Globalization;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>
/// Runs the soak for a number of seconds, 300 by default, and writes the report of a long run into docs/faults.md.
/// </summary>
internal static class Program
{
    private const int UsualSeconds = 300;

    internal static int Main(string[] arguments)
    {
        int seconds = arguments is [string text] ? int.Parse(text, CultureInfo.InvariantCulture) : UsualSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} s of disorder"));
        (bool isGood, string report) = SoakRun.Run(TimeSpan.FromSeconds(seconds));
        Console.WriteLine(report);
        if (isGood && seconds >= UsualSeconds)
        {
            string section = string.Create(CultureInfo.InvariantCulture, $"```\n{seconds} s of disorder\n{report}\n```");
            GeneratedSection.Write("docs/faults.md", "soak", section);
        }

        return isGood ? 0 : 1;
    }
}
