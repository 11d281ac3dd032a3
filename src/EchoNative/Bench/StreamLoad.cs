using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// The mode stream: sends as fast as the server reads, and receives at the same time. At the end it half-closes and
/// receives the rest.
/// </summary>
internal sealed class StreamLoad(BenchOptions options, Route route) : PersistentLoad(options, route, firstBytes: 0)
{
    private bool _isStarted;
    private bool _isEnding;

    protected override bool Advance(long now)
    {
        if (!_isEnding && Options.Count is long count && now >= Measurement.Start)
        {
            End(count, now);
        }
        else if (!_isEnding && Measurement.IsTimeOver(now))
        {
            End(0, now);
        }
        else if (!_isStarted)
        {
            Start(now);
        }

        return OpenCount > 0;
    }

    protected override void OnReceived(long bytes, long now) => Measurement.AddBytes(bytes, now);

    protected override void OnMessageEchoed(Connection connection, long now)
    {
        // Nothing to do: a stream has no messages, and ends by the end of file.
    }

    private void Start(long now)
    {
        _isStarted = true;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                connection.Target = long.MaxValue;
                Send(connection, now);
            }
        }
    }

    /// <summary>Ends all connections when they have sent this many more bytes in total.</summary>
    private void End(long bytes, long now)
    {
        _isStarted = true;
        _isEnding = true;
        long left = bytes;
        int connections = OpenCount;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                long share = left / connections--;
                left -= share;
                connection.Target = connection.Sent + share;
                HalfClose(connection, now);
            }
        }
    }
}
