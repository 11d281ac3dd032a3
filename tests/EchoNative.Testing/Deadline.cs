using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>
/// Waiting for something that must come. The time is a bound against hanging, far above what is needed:
/// no test measures by it.
/// </summary>
public static class Deadline
{
    private const int PollMilliseconds = 5;

    /// <summary>How long anything may take: a minute, or the seconds that ECHO_NATIVE_PATIENCE says where the program is slow.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("ECHO_NATIVE_PATIENCE") ?? "60", CultureInfo.InvariantCulture));

    /// <summary>Waits until the condition holds.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="evidence">What to show when it never comes.</param>
    public static void WaitUntil(Func<bool> condition, string what, Func<string>? evidence = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Long)
            {
                throw new TimeoutException($"waited {Long.TotalSeconds} s in vain until {what}\n{evidence?.Invoke()}");
            }

            Thread.Sleep(PollMilliseconds);
        }
    }
}
