using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>Counts calls and injections in a trace.</summary>
internal static class TraceCounts
{
    // strace marks an injected error by a word of its own, but not an injected signal. That one comes from the kernel,
    // while the signals that the programs and the campaign send come from a process.
    private const string Kernel = "si_code=SI_KERNEL";

    /// <summary>The calls and signals that strace has injected.</summary>
    public static IEnumerable<TraceEvent> Injected(this Trace trace) =>
        trace.Events.Where(one =>
            one is SystemCall { IsInjected: true }
            || (one is SignalDelivery && one.Text.Contains(Kernel, StringComparison.Ordinal)));

    /// <summary>How often each call was made in a trace.</summary>
    public static Dictionary<string, int> CountCalls(this Trace trace) => trace.Calls.CountByName();

    /// <summary>How often each name occurs among the calls.</summary>
    public static Dictionary<string, int> CountByName(this IEnumerable<SystemCall> calls) =>
        calls.GroupBy(call => call.Name).ToDictionary(group => group.Key, group => group.Count());
}
