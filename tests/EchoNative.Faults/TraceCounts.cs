using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>What is counted in a trace.</summary>
internal static class TraceCounts
{
    // strace marks a call that it has tampered with by one word, and a signal of its own by nothing.
    private const string Kernel = "si_code=SI_KERNEL";

    /// <summary>The calls that were made to fail, and the signals that were made to arrive.</summary>
    public static IEnumerable<TraceEvent> Injected(this Trace trace) =>
        trace.Events.Where(one => one is SystemCall { IsInjected: true } || (one is SignalDelivery && one.Text.Contains(Kernel, System.StringComparison.Ordinal)));

    /// <summary>How often each call was made.</summary>
    public static Dictionary<string, int> CountCalls(this Trace trace) => trace.Calls.CountByName();

    /// <summary>How often each call was made.</summary>
    public static Dictionary<string, int> CountByName(this IEnumerable<SystemCall> calls) =>
        calls.GroupBy(call => call.Name).ToDictionary(group => group.Key, group => group.Count());
}
