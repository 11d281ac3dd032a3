using System.Collections.Generic;

namespace EchoNative.Faults;

/// <summary>Calls that the C library and the runtime make by themselves, and whose errors they answer by giving up.</summary>
internal static class NotOurs
{
    /// <summary>Each with the reason why it is not made to fail.</summary>
    public static IReadOnlyDictionary<string, string> Calls { get; } = new Dictionary<string, string>
    {
        ["futex"] = "the wait for the finalizer, once at start: the C library ends a program, or waits on, where the kernel "
            + "answers what it does not expect",
    };
}
