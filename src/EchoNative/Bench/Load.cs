using System;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// The loop that all modes have in common: wait, let the connections that can go on do so, give up those
/// that have waited too long. A mode says what follows when something has happened.
/// </summary>
internal abstract class Load
{
    private const int BufferLength = 64 * 1024;
    private const int LongestPiece = 1024 * 1024;
    private const int PiecesInOneGo = 4;
    private const int TickMilliseconds = 100;
    private const long TickNanoseconds = TickMilliseconds * 1_000_000L;

    private readonly Epoll _epoll = Epoll.Open();
    private readonly MemoryMapping _buffer = MemoryMapping.Private(BufferLength);
    private readonly Route _route;
    private readonly Progress _progress;
    private readonly long _timeout;

    private long _nextTick;
    private long _lastNumber;

    protected Load(BenchOptions options, Route route)
    {
        Options = options;
        _route = route;
        _progress = new Progress(this);
        _timeout = options.Timeout.Ticks * TimeSpan.NanosecondsPerTick;
        Measurement = new Measurement(options);
        Pattern pattern = new(Math.Min(options.Size, LongestPiece));
        Connections = new Connection[options.Connections];
        for (int token = 0; token < Connections.Length; token++)
        {
            Connections[token] = new Connection(token, _epoll, pattern);
        }
    }

    public BenchOptions Options { get; }

    public Measurement Measurement { get; }

    public Faults Faults { get; } = new();

    /// <summary>How many connections are open.</summary>
    public int OpenCount { get; private set; }

    /// <summary>How many connections have answered to the last, where that is what is asked.</summary>
    public int Held { get; protected set; }

    protected Connection[] Connections { get; }

    /// <summary>Runs the load to its end.</summary>
    /// <exception cref="PosixException">Sockets or memory are at an end.</exception>
    public void Run()
    {
        Prepare();
        Measurement.Begin(MonotonicClock.Nanoseconds);
        while (TryGoOn(MonotonicClock.Nanoseconds))
        {
            HandleEvents();
        }

        _progress.Clear();
    }

    /// <summary>What is done before the warm-up begins.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>Does what is due, other than what an event calls for.</summary>
    /// <returns>Whether there is anything left to wait for.</returns>
    protected abstract bool TryGoOn(long now);

    /// <summary>A connection has been made on which nothing was sent before.</summary>
    protected virtual void OnConnected(Connection connection)
    {
    }

    /// <summary>Everything that was sent has come back.</summary>
    protected abstract void OnAnswered(Connection connection, long now);

    /// <summary>Some of what was sent has come back, or all of it.</summary>
    protected virtual void OnReceived(long bytes, long now)
    {
    }

    /// <summary>The connection was closed, because it had ended or failed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="inOrder">Whether it had ended as it was asked to.</param>
    protected virtual void OnClosed(Connection connection, bool inOrder)
    {
    }

    /// <summary>Waits for events and handles them.</summary>
    protected void HandleEvents()
    {
        // Without a connection no event can come, and the next is due now.
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
            GiveUpSilent(now);
            _progress.Show(now);
        }
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="connection">A connection that is closed.</param>
    /// <param name="size">How many bytes it sends at once, without waiting to be connected.</param>
    protected void Open(Connection connection, int size)
    {
        OpenCount++;
        Step step = connection.Open(_lastNumber++, _route.Peer, _route.TakeSource());
        connection.Target = size;
        if (step != Step.Failed && size > 0)
        {
            step = connection.Send(PiecesInOneGo);
        }

        Finish(connection, step);
    }

    /// <summary>Sends one more message.</summary>
    protected void Exchange(Connection connection, long now)
    {
        connection.Begun = now;
        connection.Target += Options.Size;
        Send(connection, now);
    }

    /// <summary>Sends what there is to send up to the target, as far as the server takes it now.</summary>
    protected void Send(Connection connection, long now)
    {
        connection.Moved = now;
        Finish(connection, connection.Send(PiecesInOneGo));
    }

    /// <summary>Sends what is left to send, then tells the server that it was the last, and waits for its end.</summary>
    protected void Dismiss(Connection connection, long now)
    {
        connection.IsLast = true;
        Send(connection, now);
    }

    /// <summary>Closes a connection that is of no more use.</summary>
    protected void Close(Connection connection)
    {
        connection.Close();
        OpenCount--;
    }

    private void Handle(Connection connection, Readiness ready, long now)
    {
        Step step = Step.Waiting;
        connection.Moved = now;
        if (!connection.IsConnected)
        {
            step = connection.EndConnect();
            if (step != Step.Failed)
            {
                OnConnected(connection);
            }
        }

        if (step != Step.Failed && (ready & Readiness.Writable) != 0)
        {
            step = connection.Send(PiecesInOneGo);
        }

        if (step != Step.Failed && (ready & Readiness.Readable) != 0)
        {
            step = Receive(connection, now);
        }

        if (step == Step.Answered)
        {
            OnAnswered(connection, MonotonicClock.Nanoseconds);
        }

        // An answer may have been the reason to close it already.
        if (connection.IsOpen)
        {
            Finish(connection, step);
        }
    }

    private Step Receive(Connection connection, long now)
    {
        long before = connection.Received;
        Step step = connection.Receive(_buffer.Bytes);
        OnReceived(connection.Received - before, now);
        return step;
    }

    private void Finish(Connection connection, Step step)
    {
        if (step == Step.Failed)
        {
            Faults.Add(connection.Failure);
        }

        if (step is Step.Failed or Step.Ended)
        {
            Close(connection);
            OnClosed(connection, step == Step.Ended);
        }
        else
        {
            connection.Watch();
        }
    }

    private void GiveUpSilent(long now)
    {
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen && connection.IsExpecting && now - connection.Moved > _timeout)
            {
                Finish(connection, connection.GiveUp(Options.Timeout));
            }
        }
    }
}
