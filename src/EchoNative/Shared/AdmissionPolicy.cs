namespace EchoNative.Shared;

/// <summary>What happens to a client that wants to be served.</summary>
internal enum AdmissionDecision
{
    /// <summary>It is served.</summary>
    Serve,

    /// <summary>It waits until another client has left.</summary>
    Wait,

    /// <summary>It is disconnected: as many clients as allowed are served already.</summary>
    RefuseLimit,

    /// <summary>It is disconnected: as many clients of its address as allowed are served already.</summary>
    RefusePeer,
}

/// <summary>The limit has been reached or left.</summary>
/// <param name="IsReached">Whether it has been reached.</param>
/// <param name="Times">Where it has been reached, how many times since this was last reported.</param>
/// <param name="Refused">Where it has been left, how many clients were refused since this was last reported.</param>
internal readonly record struct LimitChange(bool IsReached, long Times, long Refused);

/// <summary>
/// Decides which clients are served. It keeps no list of them: the caller says how many there are. It takes no lock and
/// allocates nothing after its construction.
/// </summary>
/// <param name="maxClients">How many clients may be served at the same time; 0 for any number.</param>
/// <param name="maxPerPeer">How many of them may have the same address; 0 for any number.</param>
/// <param name="refusesWhenFull">Whether clients beyond the first limit are disconnected; otherwise they wait.</param>
internal sealed class AdmissionPolicy(int maxClients, int maxPerPeer, bool refusesWhenFull)
{
    private OnceASecond _reached;
    private OnceASecond _left;
    private bool _isFull;
    private bool _reportedFull;
    private long _refused;

    /// <summary>Whether clients beyond the limit are disconnected; otherwise they wait.</summary>
    public bool RefusesWhenFull => refusesWhenFull;

    /// <summary>Whether there is a limit for each address, so that <see cref="Decide"/> needs the second number.</summary>
    public bool LimitsPeers => maxPerPeer > 0;

    /// <summary>Whether no further client should be accepted, so that it waits in the kernel's queue.</summary>
    /// <param name="active">How many clients are served.</param>
    public bool IsPaused(int active) => !refusesWhenFull && IsFull(active);

    /// <summary>
    /// Decides about a client that was accepted. One that is refused because of the limit is counted for the next
    /// <see cref="LimitChange"/>.
    /// </summary>
    /// <param name="active">How many clients are served.</param>
    /// <param name="activeOfPeer">How many of them have the client's address. Not used without <see cref="LimitsPeers"/>.</param>
    public AdmissionDecision Decide(int active, int activeOfPeer)
    {
        if (IsPaused(active))
        {
            return AdmissionDecision.Wait;
        }

        if (IsFull(active))
        {
            _refused++;
            return AdmissionDecision.RefuseLimit;
        }

        return LimitsPeers && activeOfPeer >= maxPerPeer ? AdmissionDecision.RefusePeer : AdmissionDecision.Serve;
    }

    /// <summary>
    /// Whether it is to be reported that the limit has been reached or left: the two in turn, and each at most once a second.
    /// Call it after each change of the number of clients, and when <see cref="MillisecondsUntilReport"/> are over.
    /// </summary>
    /// <param name="active">How many clients are served now.</param>
    /// <param name="now">A clock that never goes back, in milliseconds.</param>
    /// <param name="change">What is to be reported, if anything.</param>
    public bool TryTakeChange(int active, long now, out LimitChange change)
    {
        change = default;
        bool wasFull = _isFull;
        _isFull = IsFull(active);
        if (_isFull && !wasFull)
        {
            _reached.Add();
        }

        if (_isFull == _reportedFull || !(_isFull ? ref _reached : ref _left).TryTake(now, out long times))
        {
            return false;
        }

        _reportedFull = _isFull;
        change = new LimitChange(_isFull, times, _isFull ? 0 : _refused);
        _refused = _isFull ? _refused : 0;
        return true;
    }

    /// <summary>
    /// After how many milliseconds a change is to be reported that could not be reported yet; null if there is none.
    /// </summary>
    /// <param name="now">The same clock.</param>
    public long? MillisecondsUntilReport(long now) =>
        _isFull == _reportedFull ? null : (_isFull ? _reached : _left).MillisecondsUntilDue(now);

    private bool IsFull(int active) => maxClients > 0 && active >= maxClients;
}
