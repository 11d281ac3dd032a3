using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>A load whose connections are all made before it begins, and stay open until its end.</summary>
/// <param name="options">The options of the command line.</param>
/// <param name="route">The addresses that connections go to and come from.</param>
/// <param name="firstBytes">How many bytes each connection must echo before the load begins.</param>
internal abstract class PersistentLoad(BenchOptions options, Route route, int firstBytes) : Load(options, route)
{
    // More at a time might overflow the server's accept queue: a SYN that is dropped is sent again after a second.
    private const int MaxPending = 64;

    private int _pending;

    protected override void Prepare()
    {
        int opened = 0;
        while (opened < Connections.Length || _pending > 0)
        {
            if (opened < Connections.Length && _pending < MaxPending)
            {
                _pending++;
                Open(Connections[opened++], firstBytes);
            }
            else
            {
                HandleEvents();
            }
        }
    }

    protected override void OnConnected(Connection connection)
    {
        if (firstBytes == 0)
        {
            MarkReady(connection);
        }
    }

    protected override void OnAnswered(Connection connection, long now)
    {
        if (connection.IsPending)
        {
            MarkReady(connection);
        }
        else if (!connection.IsLast)
        {
            OnMessageEchoed(connection, now);
        }
    }

    /// <summary>A message was echoed. It is neither the first one of the connection nor the last one.</summary>
    protected abstract void OnMessageEchoed(Connection connection, long now);

    protected override void OnClosed(Connection connection, bool ended)
    {
        if (connection.IsPending)
        {
            MarkReady(connection);
        }
    }

    private void MarkReady(Connection connection)
    {
        connection.IsPending = false;
        _pending--;
    }
}
