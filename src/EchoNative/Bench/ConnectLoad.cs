using System.Collections.Generic;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>The mode connect: each connection connects, has one message echoed and closes, over and over.</summary>
internal sealed class ConnectLoad : Load
{
    private readonly Stack<Connection> _closed;

    public ConnectLoad(BenchOptions options, Route route)
        : base(options, route) => _closed = new Stack<Connection>(Connections);

    protected override bool Advance(long now)
    {
        // A connection that fails at once is back in _closed at once. Each round opens only those that were closed
        // at its beginning, so that a server that refuses every connection cannot make this loop endless.
        for (int free = _closed.Count; free > 0; free--)
        {
            if (!Measurement.TryStart(MonotonicClock.Nanoseconds))
            {
                return OpenCount > 0;
            }

            Open(_closed.Pop(), Options.Size);
        }

        return true;
    }

    protected override void OnAnswered(Connection connection, long now)
    {
        // The time since connect(2) was called: the connection has noted it in Started.
        Measurement.AddAnswer(connection.Started, now);
        Close(connection);
        _closed.Push(connection);
    }

    protected override void OnClosed(Connection connection, bool ended) => _closed.Push(connection);
}
