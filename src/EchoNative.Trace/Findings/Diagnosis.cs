using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Model;

namespace EchoNative.Trace.Findings;

/// <summary>Everything that is found in a log.</summary>
internal static class Diagnosis
{
    public static IReadOnlyList<Finding> Of(History history) =>
        [.. UnusedDescriptors.In(history), .. UnremovedZombies.In(history), .. MergedSignals.In(history)];

    /// <summary>The number of faults, in words.</summary>
    public static string Summary(IReadOnlyList<Finding> findings)
    {
        int faults = findings.Count(finding => finding.IsFault);
        return faults switch
        {
            0 => "nothing wrong was found: no unused descriptor is held, no zombie stays",
            1 => "1 fault was found",
            _ => $"{faults} faults were found",
        };
    }
}
