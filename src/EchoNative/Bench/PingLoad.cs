using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>The mode ping: round trips, one after the other on each connection, on all connections at the same time.</summary>
internal sealed class PingLoad(BenchOptions options, Route route) : PersistentLoad(options, route, firstBytes: 0)
{
    private bool _isStarted;

    protected override bool Advance(long now)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            foreach (Connection connection in Connections)
            {
                if (connection.IsOpen)
                {
                    SendMessageOrHalfClose(connection, now);
                }
            }
        }

        return OpenCount > 0;
    }

    protected override void OnMessageEchoed(Connection connection, long now)
    {
        Measurement.AddAnswer(connection.Started, now);
        SendMessageOrHalfClose(connection, now);
    }

    private void SendMessageOrHalfClose(Connection connection, long now)
    {
        if (Measurement.TryStart(now))
        {
            SendMessage(connection, now);
        }
        else
        {
            HalfClose(connection, now);
        }
    }
}
