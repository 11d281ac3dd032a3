using System;
using System.Diagnostics;
using System.Threading;

namespace EchoNative.Bench;

/// <summary>Waiting for something that must not take for ever.</summary>
internal static class Deadline
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again and again until it is so.</summary>
    /// <exception cref="MeasurementException">It was not so in time.</exception>
    public static void WaitUntil(Func<bool> isSo, string what, int seconds = 20)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!isSo())
        {
            if (watch.Elapsed.TotalSeconds > seconds)
            {
                throw new MeasurementException($"waited {seconds} s in vain until {what}");
            }

            Thread.Sleep(s_step);
        }
    }
}
