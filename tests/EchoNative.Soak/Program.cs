using System;
using System.Globalization;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>Runs the disorder for so many seconds, 300 unless given, and writes what was found into docs/faults.md.</summary>
internal static class Program
{
    private const int UsualSeconds = 300;

    internal static int Main(string[] arguments)
    {
        int seconds = arguments is [string text] ? int.Parse(text, CultureInfo.InvariantCulture) : UsualSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} s of disorder"));
        (bool isGood, string report) = Disorder.Run(TimeSpan.FromSeconds(seconds));
        Console.WriteLine(report);
        if (isGood && seconds >= UsualSeconds)
        {
            GeneratedSection.Write("docs/faults.md", "soak", string.Create(CultureInfo.InvariantCulture, $"```\n{seconds} s of disorder\n{report}\n```"));
        }

        return isGood ? 0 : 1;
    }
}
