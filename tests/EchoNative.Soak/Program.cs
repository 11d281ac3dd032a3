using System;
using System.Globalization;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>
/// Runs the soak for a number of seconds, 300 by default, and writes the report of a long run into docs/faults.md. With
/// <c>restarts N</c>, restarts servers behind a load balancer instead.
/// </summary>
internal static class Program
{
    private const int UsualSeconds = 300;

    internal static int Main(string[] arguments) => arguments switch
    {
        ["restarts", string count] => Restart(int.Parse(count, CultureInfo.InvariantCulture)),
        [string seconds] => Soak(int.Parse(seconds, CultureInfo.InvariantCulture)),
        _ => Soak(UsualSeconds),
    };

    private static int Restart(int restarts)
    {
        (bool isGood, string report) = RestartRun.Run(restarts, OperatingPage.Configuration);
        Console.WriteLine(report);
        return isGood ? 0 : 1;
    }

    private static int Soak(int seconds)
    {
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
