using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>
/// Waiting for a condition with a limit. The limit only keeps a program from hanging for ever. It is far above the time
/// that is needed, and nothing is measured by it.
/// </summary>
public static class Deadline
{
    private const int PollMilliseconds = 5;

    /// <summary>The usual limit: a minute, or as many seconds as ECHO_NATIVE_TIMEOUT_SECONDS says, for slow machines.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("ECHO_NATIVE_TIMEOUT_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    /// <summary>Waits until the condition holds, for the usual limit at most.</summary>
    /// <param name="condition">It is checked every few milliseconds.</param>
    /// <param name="what">The condition in words, for the message.</param>
    /// <param name="evidence">Makes text that the message shows as well.</param>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static void WaitUntil(Func<bool> condition, string what, Func<string>? evidence = null) =>
        WaitUntil(condition, what, Long, evidence);

    /// <summary>Waits until the condition holds, for a limit of the caller's at most.</summary>
    /// <inheritdoc cref="WaitUntil(Func{bool}, string, Func{string})"/>
    public static void WaitUntil(Func<bool> condition, string what, TimeSpan limit, Func<string>? evidence = null)
    {
        if (!Holds(condition, limit))
        {
            throw new TimeoutException($"waited {limit.TotalSeconds} s until {what}, without success\n{evidence?.Invoke()}");
        }
    }

    /// <summary>Waits until the condition holds, for the limit at most.</summary>
    /// <returns>Whether it held.</returns>
    public static bool Holds(Func<bool> condition, TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > limit)
            {
                return false;
            }

            Thread.Sleep(PollMilliseconds);
        }

        return true;
    }
}
