using System.Collections.Generic;

namespace EchoNative.Bench;

/// <summary>Everything that one run found out.</summary>
/// <param name="Machine">On what.</param>
/// <param name="Plan">How long and how often.</param>
/// <param name="Pinning">On which processors, in words.</param>
/// <param name="Rows">The results.</param>
/// <param name="Missing">What could not be compared, and why.</param>
internal sealed record Report(
    Machine Machine, Plan Plan, string Pinning, IReadOnlyList<Row> Rows, IReadOnlyList<string> Missing);
