using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// The clients that are served, and who is let in. Whatever changes their number is done and told under one lock, so
/// that the lines of the log stand in the order in which things happened.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="log">Where it is told.</param>
internal sealed class Clients(ServerOptions options, EventLog<QueuedLogSink> log)
{
    private const int NoProcess = 0;

    private readonly Lock _lock = new();
    private readonly ClientLimit _limit = new(options.MaxClients, refuses: options.Busy == BusyMode.Refuse);
    private readonly HashSet<Session> _sessions = [];
    private readonly Dictionary<IPAddress, int> _countsByHost = [];
    private readonly Queue<(Socket Socket, IPEndPoint Address)> _held = new();
    private readonly long _start = Environment.TickCount64;

    private TaskCompletionSource _change = NewChange();
    private bool _isClosed;
    private long _accepted;
    private long _refused;
    private long _ended;
    private long _bytes;
    private int _peak;

    /// <summary>How many are served.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Completes at the next change of what is here.</summary>
    public Task NextChange
    {
        get
        {
            lock (_lock)
            {
                return _change.Task;
            }
        }
    }

    /// <summary>Waits until a further client may be accepted.</summary>
    /// <returns>Whether there was no room before.</returns>
    public async Task<bool> WaitForRoomAsync(CancellationToken stop)
    {
        bool hasWaited = false;
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (!_limit.HoldsBack(_sessions.Count) && _held.Count == 0)
                {
                    return hasWaited;
                }

                change = _change.Task;
            }

            await change.WaitAsync(stop);
            hasWaited = true;
        }
    }

    /// <summary>Waits until nobody is served any more.</summary>
    public async Task WaitForNobodyAsync()
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (_sessions.Count == 0)
                {
                    return;
                }

                change = _change.Task;
            }

            await change;
        }
    }

    /// <summary>
    /// Serves a client that was accepted, or disconnects it. With several addresses another may have taken the last
    /// place meanwhile: then this one is served as soon as there is a place, before any other is accepted.
    /// </summary>
    /// <param name="socket">The connected socket, whose owner this is from now on.</param>
    /// <param name="address">The client's address.</param>
    public void Take(Socket socket, IPEndPoint address)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                socket.Dispose();
            }
            else if (_limit.HoldsBack(_sessions.Count))
            {
                _held.Enqueue((socket, address));
            }
            else
            {
                Admit(socket, address);
            }
        }
    }

    /// <summary>Lets nobody in from now on.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_held.TryDequeue(out (Socket Socket, IPEndPoint Address) client))
            {
                client.Socket.Dispose();
            }
        }
    }

    /// <summary>Ends all sessions, wherever they are.</summary>
    public void EndAll()
    {
        Session[] sessions;
        lock (_lock)
        {
            sessions = [.. _sessions];
        }

        // Whatever follows from an end may run right here.
        Array.ForEach(sessions, session => session.End());
    }

    /// <summary>Says what was done since the start.</summary>
    public void TellSummary()
    {
        lock (_lock)
        {
            log.WriteEvent(new Totals
            {
                Accepted = _accepted,
                Active = _sessions.Count,
                Peak = _peak,
                Refused = _refused,
                FailedForks = 0, // nothing is forked
                Killed = _ended,
                Bytes = _bytes,
                UptimeMilliseconds = Environment.TickCount64 - _start,
            });
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Admit(Socket socket, IPEndPoint address)
    {
        _accepted++;
        IPAddress host = PeerText.Plain(address.Address);
        byte[] peer = Encoding.ASCII.GetBytes(PeerText.Of(address));
        if (!MayEnter(host, peer))
        {
            _refused++;
            socket.Dispose();
            return;
        }

        Session session = new(socket, host, peer, options.IdleTimeoutSeconds);
        _ = _sessions.Add(session);
        _countsByHost[host] = CountFrom(host) + 1;
        _peak = Math.Max(_peak, _sessions.Count);
        log.WriteEvent(new Connected(peer, NoProcess, _sessions.Count));
        TellLimit();
        _ = Task.Run(() => ServeAsync(session));
    }

    private bool MayEnter(IPAddress host, byte[] peer)
    {
        if (_limit.IsFull(_sessions.Count))
        {
            _limit.NoteRefused();
            return false;
        }

        int fromThere = CountFrom(host);
        if (options.MaxPerPeer > 0 && fromThere >= options.MaxPerPeer)
        {
            log.WriteEvent(new PeerRefused(peer, fromThere));
            return false;
        }

        return true;
    }

    private async Task ServeAsync(Session session)
    {
        await session.RunAsync();
        lock (_lock)
        {
            Remove(session);
            while (!_limit.HoldsBack(_sessions.Count) && _held.TryDequeue(out (Socket Socket, IPEndPoint Address) next))
            {
                Admit(next.Socket, next.Address);
            }

            TaskCompletionSource change = _change;
            _change = NewChange();
            change.SetResult();
        }

        session.Dispose();
    }

    private void Remove(Session session)
    {
        _ = _sessions.Remove(session);
        int left = CountFrom(session.Host) - 1;
        if (left > 0)
        {
            _countsByHost[session.Host] = left;
        }
        else
        {
            _ = _countsByHost.Remove(session.Host);
        }

        if (session.WasEnded)
        {
            // As with a process that a signal has ended: nobody is left who could say how far it came.
            _ended++;
        }
        else
        {
            _bytes += session.Bytes;
            log.WriteEvent(new Disconnected
            {
                Peer = session.Peer,
                ProcessId = NoProcess,
                Bytes = session.Bytes,
                Milliseconds = session.Milliseconds,
                IdleSeconds = session.WasIdle ? options.IdleTimeoutSeconds : 0,
                Error = Utf8(session.Failure),
            });
        }

        log.WriteEvent(new ClientRemoved(session.Peer, session.Status, session.WasEnded));
        TellLimit();
    }

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    private int CountFrom(IPAddress host) => _countsByHost.GetValueOrDefault(host);

    private void TellLimit()
    {
        if (!_limit.HasChanged(_sessions.Count, out bool isFull))
        {
            return;
        }

        if (isFull)
        {
            log.WriteEvent(new LimitReached(_sessions.Count, _limit.Refuses));
        }
        else
        {
            log.WriteEvent(new LimitLeft(_sessions.Count, _limit.TakeRefused()));
        }
    }
}
