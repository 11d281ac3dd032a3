namespace EchoNative.Shared;

/// <summary>How many clients there may be at a time, and whether reaching or leaving that is still to be told.</summary>
/// <param name="most">How many there may be; 0 for any number.</param>
/// <param name="refuses">Whether further ones are disconnected; otherwise they wait.</param>
internal sealed class ClientLimit(int most, bool refuses)
{
    private bool _wasFull;
    private long _refused;

    /// <summary>Whether further ones are disconnected.</summary>
    public bool Refuses => refuses;

    /// <summary>Whether there is no place for a further one.</summary>
    public bool IsFull(int active) => most > 0 && active >= most;

    /// <summary>Whether a further one is not even to be accepted, so that it waits in the kernel's queue.</summary>
    public bool HoldsBack(int active) => !refuses && IsFull(active);

    /// <summary>Counts one that was refused since there was no place.</summary>
    public void NoteRefused() => _refused++;

    /// <summary>Whether the limit has been reached or left since this was asked last.</summary>
    /// <param name="active">How many clients there are now.</param>
    /// <param name="isFull">Which of both.</param>
    public bool HasChanged(int active, out bool isFull)
    {
        isFull = IsFull(active);
        bool hasChanged = isFull != _wasFull;
        _wasFull = isFull;
        return hasChanged;
    }

    /// <summary>How many were refused since this was asked last.</summary>
    public long TakeRefused()
    {
        long refused = _refused;
        _refused = 0;
        return refused;
    }
}
