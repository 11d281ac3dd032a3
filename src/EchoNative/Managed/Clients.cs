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
/// The clients that are served, and who is admitted. Each change of their number happens and is logged under one lock, so that
/// the lines of the log have the order of the events.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="log">Where each change is logged.</param>
internal sealed class Clients(ServerOptions options, EventLog<QueuedLogSink> log)
{
    private const int NoProcess = 0;

    private readonly Lock _lock = new();
    private readonly AdmissionPolicy _policy =
        new(options.MaxClients, options.MaxPerPeer, refusesWhenFull: options.Busy == BusyMode.Refuse);

    private readonly HashSet<Session> _sessions = [];
    private readonly Dictionary<PeerKey, int> _countsByPeer = [];
    private readonly Queue<(Socket Socket, IPEndPoint Address)> _waiting = new();
    private readonly long _start = Environment.TickCount64;

    private TaskCompletionSource _change = NewChange();
    private bool _isClosed;
    private bool _isReportPlanned;
    private long _accepted;
    private long _refused;
    private long _ended;
    private long _probes;
    private long _bytes;
    private int _peak;

    // Otherwise the first bytes say who the client is, or that it is one.
    private bool BeginsAtOnce => !options.ProxyProtocol && !options.IgnoreProbes;

    /// <summary>How many clients are served.</summary>
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

    /// <summary>Completes when a session has ended.</summary>
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
    /// <returns>Whether it had to wait.</returns>
    public async Task<bool> WaitForRoomAsync(CancellationToken stop)
    {
        bool hasWaited = false;
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (!_policy.IsPaused(_sessions.Count) && _waiting.Count == 0)
                {
                    return hasWaited;
                }

                change = _change.Task;
            }

            await change.WaitAsync(stop);
            hasWaited = true;
        }
    }

    /// <summary>Waits until all sessions have ended.</summary>
    public async Task WaitForEndAsync()
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
    /// Serves a client that was accepted, or disconnects it. With several addresses, a client at another one may have taken
    /// the last place during the accept. Then this client waits, and is served before any other is accepted.
    /// </summary>
    /// <param name="socket">The connected socket. This object owns it from now on.</param>
    /// <param name="address">The client's address.</param>
    public void Add(Socket socket, IPEndPoint address)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                socket.Dispose();
            }
            else if (!TryDecide(socket, address))
            {
                _waiting.Enqueue((socket, address));
            }
        }
    }

    /// <summary>Disconnects the clients that wait, and from now on each further one.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_waiting.TryDequeue(out (Socket Socket, IPEndPoint Address) client))
            {
                _accepted++;
                _refused++;
                client.Socket.Dispose();
            }
        }
    }

    /// <summary>Asks all sessions to end.</summary>
    public void EndAll()
    {
        Session[] sessions;
        lock (_lock)
        {
            sessions = [.. _sessions];
        }

        // Not under the lock: a session may end, and be removed, within this call.
        Array.ForEach(sessions, session => session.End());
    }

    /// <summary>Logs what the server has done since its start.</summary>
    public void LogSummary()
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
                Probes = options.IgnoreProbes ? _probes : null,
                Bytes = _bytes,
                UptimeMilliseconds = Environment.TickCount64 - _start,
            });
        }
    }

    /// <summary>What the limit on clients of one peer counts this address as.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="prefix">How many bits of an IPv6 address count.</param>
    internal static PeerKey KeyOf(IPAddress address, int prefix)
    {
        long scope = address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
        return PeerKey.Of(address.GetAddressBytes(), (uint)scope, prefix);
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    /// <summary>Serves or refuses a client.</summary>
    /// <returns>False if it has to wait: then nothing was done.</returns>
    private bool TryDecide(Socket socket, IPEndPoint address)
    {
        PeerKey key = KeyOf(address.Address, options.PeerPrefix);
        int ofPeer = CountOf(key);
        AdmissionDecision decision = _policy.Decide(_sessions.Count, ofPeer);
        if (decision == AdmissionDecision.Wait)
        {
            return false;
        }

        _accepted++;
        byte[] peer = Encoding.ASCII.GetBytes(PeerText.Of(address));
        if (decision == AdmissionDecision.Serve)
        {
            Serve(new Session(socket, key, peer, _sessions.Count + 1, options));
            return true;
        }

        _refused++;
        if (decision == AdmissionDecision.RefusePeer)
        {
            log.WriteEvent(new PeerRefused(peer, ofPeer));
        }

        socket.Dispose();
        return true;
    }

    private void Serve(Session session)
    {
        _ = _sessions.Add(session);
        _countsByPeer[session.Key] = CountOf(session.Key) + 1;
        _peak = Math.Max(_peak, _sessions.Count);
        if (BeginsAtOnce)
        {
            LogConnected(session);
        }

        LogLimitChange();
        _ = Task.Run(() => RunAsync(session));
    }

    private async Task RunAsync(Session session)
    {
        bool isLogged = BeginsAtOnce;
        await session.RunAsync(onBegin: () =>
        {
            lock (_lock)
            {
                if (!isLogged)
                {
                    LogConnected(session);
                    isLogged = true;
                }
            }
        });
        lock (_lock)
        {
            Remove(session, isLogged);
            while (_waiting.TryPeek(out (Socket Socket, IPEndPoint Address) next) && TryDecide(next.Socket, next.Address))
            {
                _ = _waiting.Dequeue();
            }

            TaskCompletionSource change = _change;
            _change = NewChange();
            change.SetResult();
        }

        session.Dispose();
    }

    private void Remove(Session session, bool isLogged)
    {
        _ = _sessions.Remove(session);
        int left = CountOf(session.Key) - 1;
        if (left > 0)
        {
            _countsByPeer[session.Key] = left;
        }
        else
        {
            _ = _countsByPeer.Remove(session.Key);
        }

        if (session.IsProbe)
        {
            _probes++;
        }
        else
        {
            LogEnd(session, isLogged);
        }

        LogLimitChange();
    }

    private void LogEnd(Session session, bool isLogged)
    {
        if (session.WasEnded)
        {
            // As with a process that a signal has killed: its bytes are not counted, and it logs no "client disconnected...".
            _ended++;
        }
        else
        {
            if (!isLogged)
            {
                LogConnected(session);
            }

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
    }

    private void LogConnected(Session session) => log.WriteEvent(new Connected(session.Peer, NoProcess, session.Active));

    private int CountOf(PeerKey key) => _countsByPeer.GetValueOrDefault(key);

    private void LogLimitChange()
    {
        if (_policy.TryTakeChange(_sessions.Count, Environment.TickCount64, out LimitChange change))
        {
            if (change.IsReached)
            {
                log.WriteEvent(new LimitReached(_sessions.Count, _policy.RefusesWhenFull, change.Times));
            }
            else
            {
                log.WriteEvent(new LimitLeft(_sessions.Count, change.Refused));
            }
        }
        else if (!_isReportPlanned && _policy.MillisecondsUntilReport(Environment.TickCount64) is long milliseconds)
        {
            _isReportPlanned = true;
            _ = LogLimitChangeAfterAsync(milliseconds);
        }
    }

    private async Task LogLimitChangeAfterAsync(long milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds + 1));
        lock (_lock)
        {
            _isReportPlanned = false;
            LogLimitChange();
        }
    }
}
