using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>Round trips, one after the other on each connection, and all connections at the same time.</summary>
internal sealed class PingLoad(BenchOptions options, Route route) : StandingLoad(options, route, greeting: 0)
{
    private bool _begun;

    protected override bool TryGoOn(long now)
    {
        if (!_begun)
        {
            _begun = true;
            foreach (Connection connection in Connections)
            {
                if (connection.IsOpen)
                {
                    ExchangeOrDismiss(connection, now);
                }
            }
        }

        return OpenCount > 0;
    }

    protected override void OnExchanged(Connection connection, long now)
    {
        Measurement.Answer(connection.Begun, now);
        ExchangeOrDismiss(connection, now);
    }

    private void ExchangeOrDismiss(Connection connection, long now)
    {
        if (Measurement.TryBegin(now))
        {
            Exchange(connection, now);
        }
        else
        {
            Dismiss(connection, now);
        }
    }
}
