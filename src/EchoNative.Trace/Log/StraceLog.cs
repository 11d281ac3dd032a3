using System.Collections.Generic;

namespace EchoNative.Trace.Log;

/// <summary>What a log tells.</summary>
/// <param name="Lines">How many lines it has.</param>
/// <param name="First">The first line with a time.</param>
/// <param name="Last">The last one.</param>
/// <param name="Events">What happened, in the order of beginnings.</param>
/// <param name="Unknown">The lines that were not understood.</param>
internal sealed record StraceLog(
    int Lines, Moment First, Moment Last, IReadOnlyList<LogEvent> Events, IReadOnlyList<UnknownLine> Unknown);
