using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Soak;

/// <summary>The result of one server and its clients.</summary>
/// <param name="Name">The name of the server in the report.</param>
/// <param name="Connections">The connections of its clients.</param>
/// <param name="Log">What its log says about them.</param>
/// <param name="Lost">How many sessions ended early and have no reason in the log.</param>
/// <param name="Before">Its resources before the soak.</param>
/// <param name="After">Its resources after the soak.</param>
/// <param name="Status">Its exit status after SIGTERM.</param>
internal sealed record ServerReport(
    string Name, IReadOnlyList<Connection> Connections, SessionLog Log, long Lost, Footprint Before, Footprint After, int Status)
{
    /// <summary>How many connections got every byte back.</summary>
    public int Whole => CountOf(Ending.Whole);

    /// <summary>How many bytes came back and were compared.</summary>
    public long Bytes => Connections.Sum(one => one.Bytes);

    /// <summary>Whether there was no error.</summary>
    public bool IsGood => Lost == 0 && Log.Crashed == 0 && Before == After && Status == 0 && Whole > 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Connections.Count} connections, {Whole} served whole, {CountOf(Ending.Left)} left by the client, "
        + $"{CountOf(Ending.CutOff)} ended by the server with its reason\n"
        + $"  {Log.Removed} children removed, {Log.Killed} killed, {Log.Crashed} crashed; {Log.Idle} sessions idle for too long; "
        + $"limit reached {Log.LimitsReached} times, {Log.Refused} refused; no descriptor {Log.AcceptsFailed} times, "
        + $"no process {Log.ForksFailed} times\n"
        + $"  before: {Before}\n  after:  {After}\n  exit status {Status}, {Bytes} bytes compared, lost {Lost}");

    private int CountOf(Ending ending) => Connections.Count(one => one.Ending == ending);
}
