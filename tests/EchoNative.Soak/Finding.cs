using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EchoNative.Soak;

/// <summary>What became of a server and its clients.</summary>
/// <param name="Name">The server.</param>
/// <param name="Connections">Its connections.</param>
/// <param name="Log">What it has said.</param>
/// <param name="Lost">How many sessions ended early without a reason.</param>
/// <param name="Before">What it had before the disorder.</param>
/// <param name="After">What it had after it.</param>
/// <param name="Status">How it ended, asked to stop.</param>
internal sealed record Finding(
    string Name, IReadOnlyList<Connection> Connections, SessionLog Log, long Lost, Footprint Before, Footprint After, int Status)
{
    /// <summary>Connections of which every byte came back.</summary>
    public int Whole => Connections.Count(one => one.Ending == Ending.Whole);

    /// <summary>How many bytes came back and were compared.</summary>
    public long Bytes => Connections.Sum(one => one.Bytes);

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Lost == 0 && Log.Crashed == 0 && Before == After && Status == 0 && Whole > 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: {Connections.Count} connections, {Whole} served whole, {Connections.Count(one => one.Ending == Ending.Left)} left by the client, "
        + $"{Connections.Count(one => one.Ending == Ending.Cut)} ended by the server with its reason\n"
        + $"  {Log.Removed} children removed, {Log.Killed} killed, {Log.Crashed} crashed; {Log.Idle} sessions idle for too long; "
        + $"limit reached {Log.LimitsReached} times, {Log.Refused} refused; no descriptor {Log.AcceptsFailed} times, no process {Log.ForksFailed} times\n"
        + $"  before: {Before}\n  after:  {After}\n  exit status {Status}, {Bytes} bytes compared, lost {Lost}");
}
