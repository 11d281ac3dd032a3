using System;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>
/// Keeps many connections. Each has to answer when it is made, and once more at the end, when all have
/// stood through the whole run; in between there are round trips on one at a time.
/// </summary>
internal sealed class HoldLoad(BenchOptions options, Route route) : StandingLoad(options, route, options.Size)
{
    private readonly int _stride = FindStride(options.Connections);

    private int _index;
    private Connection? _sampled;
    private bool _ends;

    protected override bool TryGoOn(long now)
    {
        if (_sampled is null && !_ends && OpenCount > 0)
        {
            Sample(now);
        }

        return OpenCount > 0;
    }

    protected override void OnExchanged(Connection connection, long now)
    {
        Measurement.Answer(connection.Begun, now);
        _sampled = null;
    }

    protected override void OnClosed(Connection connection, bool inOrder)
    {
        base.OnClosed(connection, inOrder);
        if (connection == _sampled)
        {
            _sampled = null;
        }

        if (inOrder)
        {
            Held++;
        }
    }

    private void Sample(long now)
    {
        if (!Measurement.TryBegin(now))
        {
            SayFarewell(now);
            return;
        }

        do
        {
            _index = (int)(((long)_index + _stride) % Connections.Length);
        }
        while (!Connections[_index].IsOpen);
        _sampled = Connections[_index];
        Exchange(_sampled, now);
    }

    private void SayFarewell(long now)
    {
        _ends = true;
        foreach (Connection connection in Connections)
        {
            if (connection.IsOpen)
            {
                connection.Target += Options.Size;
                Dismiss(connection, now);
            }
        }
    }

    /// <summary>
    /// Finds a step that visits every connection before it comes back to the first, and goes far, so that
    /// the server's processes that were made one after the other do not follow each other.
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
