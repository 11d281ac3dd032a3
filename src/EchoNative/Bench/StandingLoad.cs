using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>A load on connections that are all made before it begins, and stay.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="route">Where connections go.</param>
/// <param name="greeting">How many bytes a connection has to echo before the load begins.</param>
internal abstract class StandingLoad(BenchOptions options, Route route, int greeting) : Load(options, route)
{
    // More at a time might not fit into the server's queue, and wait a second to be tried again.
    private const int NewAtOnce = 64;

    private int _new;

    protected override void Prepare()
    {
        int opened = 0;
        while (opened < Connections.Length || _new > 0)
        {
            if (opened < Connections.Length && _new < NewAtOnce)
            {
                _new++;
                Open(Connections[opened++], greeting);
            }
            else
            {
                HandleEvents();
            }
        }
    }

    protected override void OnConnected(Connection connection)
    {
        if (greeting == 0)
        {
            TakeIn(connection);
        }
    }

    protected override void OnAnswered(Connection connection, long now)
    {
        if (connection.IsNew)
        {
            TakeIn(connection);
        }
        else if (!connection.IsLast)
        {
            OnExchanged(connection, now);
        }
    }

    /// <summary>A message was echoed, other than the greeting and the farewell.</summary>
    protected abstract void OnExchanged(Connection connection, long now);

    protected override void OnClosed(Connection connection, bool inOrder)
    {
        if (connection.IsNew)
        {
            TakeIn(connection);
        }
    }

    private void TakeIn(Connection connection)
    {
        connection.IsNew = false;
        _new--;
    }
}
