using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// Applies the <see cref="AdmissionPolicy"/> to the table of children. The table knows each child by its process id, so that
/// no end is counted twice.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="children">The children, one for each client that is served.</param>
/// <param name="log">Where changes of the limit and refused clients are reported.</param>
/// <param name="summary">Where refused clients are counted.</param>
internal sealed class Admission(ServerOptions options, ChildTable children, EventLog<ParentLogSink> log, Summary summary)
{
    private readonly AdmissionPolicy _policy =
        new(options.MaxClients, options.MaxPerPeer, refusesWhenFull: options.Busy == BusyMode.Refuse);

    /// <summary>Whether no further client should be accepted now, so that it waits in the kernel's queue.</summary>
    public bool IsPaused => _policy.IsPaused(children.Count);

    /// <summary>What the limit on clients of one peer counts this address as.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="prefix">How many bits of an IPv6 address count.</param>
    public static PeerKey KeyOf(SocketAddress address, int prefix) => PeerKey.Of(address.Host, address.Scope, prefix);

    /// <summary>Whether a client that was accepted is served. If not, the caller closes its socket.</summary>
    /// <param name="key">The client.</param>
    /// <param name="peer">Its address as text.</param>
    public bool Admits(PeerKey key, ReadOnlySpan<byte> peer)
    {
        int ofPeer = _policy.LimitsPeers ? children.CountFrom(key) : 0;
        AdmissionDecision decision = _policy.Decide(children.Count, ofPeer);
        if (decision == AdmissionDecision.Serve)
        {
            return true;
        }

        summary.Refused++;
        if (decision == AdmissionDecision.RefusePeer)
        {
            log.WriteEvent(new PeerRefused(peer, ofPeer));
        }

        return false;
    }

    /// <summary>How long the server may sleep until it has to call <see cref="LogLimitChange"/>, in milliseconds.</summary>
    public int Timeout => (int)(_policy.MillisecondsUntilReport(MonotonicClock.Milliseconds) ?? Poll.Forever);

    /// <summary>
    /// Logs it if the limit has been reached or left. Call after each change of the number of children, and when
    /// <see cref="Timeout"/> is over.
    /// </summary>
    public void LogLimitChange()
    {
        if (!_policy.TryTakeChange(children.Count, MonotonicClock.Milliseconds, out LimitChange change))
        {
            return;
        }

        if (change.IsReached)
        {
            log.WriteEvent(new LimitReached(children.Count, _policy.RefusesWhenFull, change.Times));
        }
        else
        {
            log.WriteEvent(new LimitLeft(children.Count, change.Refused));
        }
    }
}
