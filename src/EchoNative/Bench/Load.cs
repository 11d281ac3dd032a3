using System;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// The event loop that all modes share: it waits for events, handles the connections that are ready, and closes those
/// that have waited too long. A mode says what to do after each event.
/// </summary>
internal abstract class Load
{
    private const int BufferLength = 64 * 1024;
    private const int MaxPieceLength = 1024 * 1024;
    private const int MaxPiecesAtOnce = 4;
    private const int TickMilliseconds = 100;
    private const long TickNanoseconds = TickMilliseconds * 1_000_000L;

    private readonly Epoll _epoll = Epoll.Open();
    private readonly MemoryMapping _buffer = MemoryMapping.Private(BufferLength);
    private readonly Route _route;
    private readonly Progress _progress;
    private readonly long _timeout;

    private long _nextTick;
    private long _nextNumber;

    protected Load(BenchOptions options, Route route)
    {
        Options = options;
        _route = route;
        _progress = new Progress(this);
        _timeout = options.Timeout.Ticks * TimeSpan.NanosecondsPerTick;
        Measurement = new Measurement(options);
        Pattern pattern = new(Math.Min(options.Size, MaxPieceLength));
        Connections = new Connection[options.Connections];
        for (int token = 0; token < Connections.Length; token++)
        {
            Connections[token] = new Connection(token, _epoll, pattern);
        }
    }

    public BenchOptions Options { get; }

    public Measurement Measurement { get; }

    /// <summary>How many connections are open.</summary>
    public int OpenCount { get; private set; }

    /// <summary>In the mode hold: how many connections echoed everything up to their end.</summary>
    public int Held { get; protected set; }

    protected Connection[] Connections { get; }

    /// <summary>Runs the load to its end.</summary>
    /// <exception cref="PosixException">The system has no more sockets or no more memory.</exception>
    public void Run()
    {
        Prepare();
        Measurement.Begin(MonotonicClock.Nanoseconds);
        while (Advance(MonotonicClock.Nanoseconds))
        {
            HandleEvents();
        }

        _progress.Clear();
    }

    /// <summary>Called once, before the warm-up.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>Called before each wait for events: starts what does not depend on an event.</summary>
    /// <returns>Whether there is anything left to wait for.</returns>
    protected abstract bool Advance(long now);

    /// <summary>Called when a connection is established on which nothing was sent before.</summary>
    protected virtual void OnConnected(Connection connection)
    {
    }

    /// <summary>Called when everything that was sent has come back.</summary>
    protected abstract void OnAnswered(Connection connection, long now);

    /// <summary>Called when some of what was sent has come back, or all of it.</summary>
    protected virtual void OnReceived(long bytes, long now)
    {
    }

    /// <summary>Called when a connection was closed because it had ended or failed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="ended">Whether it ended by the end of file that was asked for, after everything had come back.</param>
    protected virtual void OnClosed(Connection connection, bool ended)
    {
    }

    /// <summary>Waits for events, for at most a tick, and handles them.</summary>
    protected void HandleEvents()
    {
        // Without an open connection there can be no event, so it must not wait.
        int count = _epoll.Wait(OpenCount > 0 ? TickMilliseconds : 0);
        long now = MonotonicClock.Nanoseconds;
        for (int index = 0; index < count; index++)
        {
            Readiness ready = _epoll.GetEvent(index, out int token);
            Handle(Connections[token], ready, now);
        }

        if (now >= _nextTick)
        {
            _nextTick = now + TickNanoseconds;
            CloseTimedOut(now);
            _progress.Show(now);
        }
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="connection">A closed connection.</param>
    /// <param name="size">How many bytes it sends at once, before the connection is known to be established.</param>
    protected void Open(Connection connection, int size)
    {
        OpenCount++;
        ConnectionOutcome outcome = connection.Open(_nextNumber++, _route.Peer, _route.NextSource());
        connection.Target = size;
        if (outcome != ConnectionOutcome.Failed && size > 0)
        {
            outcome = connection.Send(MaxPiecesAtOnce);
        }

        Apply(connection, outcome);
    }

    /// <summary>Starts an operation: sends one more message.</summary>
    protected void SendMessage(Connection connection, long now)
    {
        connection.Started = now;
        connection.Target += Options.Size;
        Send(connection, now);
    }

    /// <summary>Sends up to the target, as much as the socket takes now.</summary>
    protected void Send(Connection connection, long now)
    {
        connection.LastActivity = now;
        Apply(connection, connection.Send(MaxPiecesAtOnce));
    }

    /// <summary>Sends up to the target and then half-closes; the connection ends by the server's end of file.</summary>
    protected void HalfClose(Connection connection, long now)
    {
        connection.IsLast = true;
        Send(connection, now);
    }

    /// <summary>Closes a connection.</summary>
    protected void Close(Connection connection)
    {
        connection.Close();
        OpenCount--;
    }

    private void Handle(Connection connection, Readiness ready, long now)
    {
        ConnectionOutcome outcome = ConnectionOutcome.Waiting;
        connection.LastActivity = now;
        if (!connection.IsConnected)
        {
            outcome = connection.CompleteConnect();
            if (outcome != ConnectionOutcome.Failed)
            {
                OnConnected(connection);
            }
        }

        if (outcome != ConnectionOutcome.Failed && (ready & Readiness.Writable) != 0)
        {
            outcome = connection.Send(MaxPiecesAtOnce);
        }

        if (outcome != ConnectionOutcome.Failed && (ready & Readiness.Readable) != 0)
        {
            outcome = Receive(connection, now);
        }

        if (outcome == ConnectionOutcome.Answered)
        {
            OnAnswered(connection, MonotonicClock.Nanoseconds);
        }

        // OnAnswered may have closed it.
        if (connection.IsOpen)
        {
            Apply(connection, outcome);
        }
    }

    private ConnectionOutcome Receive(Connection connection, long now)
    {
        long before = connection.Received;
        ConnectionOutcome outcome = connection.Receive(_buffer.Bytes);
        OnReceived(connection.Received - before, now);
        return outcome;
    }

    private void Apply(Connection connection, ConnectionOutcome outcome)
    {
        if (outcome == ConnectionOutcome.Failed)
        {
            Measurement.AddError(connection.Failure);
        }

        if (outcome is ConnectionOutcome.Failed or ConnectionOutcome.Ended)
        {
            Close(connection);
            OnClosed(connection, outcome == ConnectionOutcome.Ended);
        }
        else
        {
            connection.UpdateInterest();
        }
    }

    private void CloseTimedOut(long now)
    {
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen && connection.IsWaitingForServer && now - connection.LastActivity > _timeout)
            {
                Apply(connection, connection.TimeOut(Options.Timeout));
            }
        }
    }
}
