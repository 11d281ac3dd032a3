using System;
using System.Collections.Generic;

namespace EchoNative.Faults;

/// <summary>How a program fared with one injection.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Hits">How many calls were hit: one, unless the run did not come to the call.</param>
/// <param name="Calls">The calls the process made, with their numbers.</param>
/// <param name="Problem">Which promise was broken, with the evidence; null where none was.</param>
internal sealed record Verdict(Outcome Outcome, int Hits, IReadOnlyDictionary<string, int> Calls, string? Problem)
{
    /// <summary>A promise was broken.</summary>
    public static Verdict Broken(Exception exception) =>
        new(Outcome.Unnoticed, 1, new Dictionary<string, int>(), exception is BrokenPromiseException ? exception.Message : exception.ToString());
}
