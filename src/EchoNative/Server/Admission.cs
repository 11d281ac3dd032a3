using System;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// Who is let in: counts by the table of children, which knows each by its process id, so that no end is
/// counted twice.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="children">Those that are served.</param>
/// <param name="log">Where reaching and leaving the limit is told.</param>
/// <param name="summary">Where those who are not let in are counted.</param>
internal sealed class Admission(ServerOptions options, ChildTable children, EventLog<ParentLogSink> log, Summary summary)
{
    private readonly ClientLimit _limit = new(options.MaxClients, refuses: options.Busy == BusyMode.Refuse);

    /// <summary>Whether no further client is to be accepted now, so that it waits in the kernel's queue.</summary>
    public bool HoldsBack => _limit.HoldsBack(children.Count);

    /// <summary>Whether a client that was accepted is to be served.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="peer">The same as it is shown.</param>
    public bool Admits(SocketAddress address, ReadOnlySpan<byte> peer)
    {
        if (_limit.IsFull(children.Count))
        {
            _limit.NoteRefused();
            summary.Refused++;
            return false;
        }

        int fromThere = options.MaxPerPeer > 0 ? children.CountFrom(address) : 0;
        if (options.MaxPerPeer > 0 && fromThere >= options.MaxPerPeer)
        {
            summary.Refused++;
            log.WriteEvent(new PeerRefused(peer, fromThere));
            return false;
        }

        return true;
    }

    /// <summary>Tells that the limit has been reached or left, if it has, when the number of children has changed.</summary>
    public void TellChange()
    {
        if (!_limit.HasChanged(children.Count, out bool isFull))
        {
            return;
        }

        if (isFull)
        {
            log.WriteEvent(new LimitReached(children.Count, _limit.Refuses));
        }
        else
        {
            log.WriteEvent(new LimitLeft(children.Count, _limit.TakeRefused()));
        }
    }
}
