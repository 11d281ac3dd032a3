using System;
using System.Diagnostics;
using System.Threading;

namespace EchoNative.Faults;

/// <summary>How long a program may take under a fault before it counts as hanging.</summary>
internal static class Patience
{
    /// <summary>In milliseconds.</summary>
    public const int Milliseconds = 10_000;

    private const int PollMilliseconds = 5;

    /// <summary>Waits until the condition holds.</summary>
    /// <exception cref="BrokenPromiseException">It never does.</exception>
    public static void WaitUntil(Func<bool> condition, string what, Func<string> evidence)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.ElapsedMilliseconds > Milliseconds)
            {
                throw new BrokenPromiseException($"waited {Milliseconds / 1000} s in vain until {what}\n{evidence()}");
            }

            Thread.Sleep(PollMilliseconds);
        }
    }
}
