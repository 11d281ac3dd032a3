using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// Bulk: sends whatever the server takes, and receives whatever it sends, neither waiting for the other.
/// At the end it half-closes and receives the rest.
/// </summary>
internal sealed class StreamLoad(BenchOptions options, Route route) : StandingLoad(options, route, greeting: 0)
{
    private bool _flows;
    private bool _ends;

    protected override bool TryGoOn(long now)
    {
        if (!_ends && Options.Count is long count && now >= Measurement.Start)
        {
            End(count, now);
        }
        else if (!_ends && Measurement.IsTimeOver(now))
        {
            End(0, now);
        }
        else if (!_flows)
        {
            Flow(now);
        }

        return OpenCount > 0;
    }

    protected override void OnReceived(long bytes, long now) => Measurement.Receive(bytes, now);

    protected override void OnExchanged(Connection connection, long now)
    {
        // A stream has no messages, and its end is the end of file.
    }

    private void Flow(long now)
    {
        _flows = true;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                connection.Target = long.MaxValue;
                Send(connection, now);
            }
        }
    }

    /// <summary>Sets the end of all connections, so many bytes from here in total.</summary>
    private void End(long bytes, long now)
    {
        _flows = true;
        _ends = true;
        long left = bytes;
        int connections = OpenCount;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                long share = left / connections--;
                left -= share;
                connection.Target = connection.Sent + share;
                Dismiss(connection, now);
            }
        }
    }
}
