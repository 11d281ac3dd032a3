using System;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// The mode hold: keeps many connections open. Each connection must echo one message when it is made, and one more at
/// the end of the run. In between, messages go over one connection at a time.
/// </summary>
internal sealed class HoldLoad(BenchOptions options, Route route) : PersistentLoad(options, route, firstBytes: options.Size)
{
    private readonly int _stride = FindStride(options.Connections);

    private int _index;
    private Connection? _current;
    private bool _isClosing;

    protected override bool Advance(long now)
    {
        if (_current is null && !_isClosing && OpenCount > 0)
        {
            StartNext(now);
        }

        return OpenCount > 0;
    }

    protected override void OnMessageEchoed(Connection connection, long now)
    {
        Measurement.AddAnswer(connection.Started, now);
        _current = null;
    }

    protected override void OnClosed(Connection connection, bool ended)
    {
        base.OnClosed(connection, ended);
        if (connection == _current)
        {
            _current = null;
        }

        if (ended)
        {
            Held++;
        }
    }

    private void StartNext(long now)
    {
        if (!Measurement.TryStart(now))
        {
            CloseAll(now);
            return;
        }

        do
        {
            _index = (int)(((long)_index + _stride) % Connections.Length);
        }
        while (!Connections[_index].IsOpen);
        _current = Connections[_index];
        SendMessage(_current, now);
    }

    /// <summary>Sends the last message on every connection, and then half-closes it.</summary>
    private void CloseAll(long now)
    {
        _isClosing = true;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                connection.Target += Options.Size;
                HalfClose(connection, now);
            }
        }
    }

    /// <summary>
    /// Finds a step that reaches every connection before it reaches the first one again. The step is large, so that
    /// processes of the server that were forked one after the other are not used one after the other.
    /// </summary>
    private static int FindStride(int connections)
    {
        const double GoldenRatio = 0.618;
        int stride = Math.Max(1, (int)(connections * GoldenRatio));
        while (GreatestCommonDivisor(stride, connections) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static int GreatestCommonDivisor(int left, int right) =>
        right == 0 ? left : GreatestCommonDivisor(right, left % right);
}
