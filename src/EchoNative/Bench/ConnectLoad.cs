using System.Collections.Generic;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>Connects, has one message echoed, closes; over and over on each of the connections.</summary>
internal sealed class ConnectLoad : Load
{
    private readonly Stack<Connection> _closed;

    public ConnectLoad(BenchOptions options, Route route)
        : base(options, route) => _closed = new Stack<Connection>(Connections);

    protected override bool TryGoOn(long now)
    {
        // One that fails at once is closed again at once: it waits for the next round, so that a server
        // that refuses all does not keep us here.
        for (int free = _closed.Count; free > 0; free--)
        {
            if (!Measurement.TryBegin(MonotonicClock.Nanoseconds))
            {
                return OpenCount > 0;
            }

            Open(_closed.Pop(), Options.Size);
        }

        return true;
    }

    protected override void OnAnswered(Connection connection, long now)
    {
        // From the call of connect(2), which the connection has noted, until here.
        Measurement.Answer(connection.Begun, now);
        Close(connection);
        _closed.Push(connection);
    }

    protected override void OnClosed(Connection connection, bool inOrder) => _closed.Push(connection);
}
