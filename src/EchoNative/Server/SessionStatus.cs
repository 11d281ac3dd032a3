using EchoNative.Options;

namespace EchoNative.Server;

/// <summary>
/// What a child tells its parent by its exit status: how the session ended, and how many of its lines could not be
/// written to the log. Nothing else that both could read comes for free: shared memory is one mapping more to copy at
/// each fork.
/// </summary>
/// <param name="Value">The exit status, 0 where all is well.</param>
internal readonly record struct SessionStatus(int Value)
{
    private const int DroppedUnit = 2;

    /// <summary>The status of a session.</summary>
    /// <param name="hasFailed">Whether it ended otherwise than by the client's end of file.</param>
    /// <param name="dropped">How many lines were dropped.</param>
    public SessionStatus(bool hasFailed, int dropped)
        : this((hasFailed ? ExitStatus.Failed : ExitStatus.Done) + (dropped * DroppedUnit))
    {
    }

    /// <summary>The exit status that is told: 1 where the session failed.</summary>
    public int Outcome => Value % DroppedUnit;

    /// <summary>How many lines were dropped.</summary>
    public int Dropped => Value / DroppedUnit;
}
