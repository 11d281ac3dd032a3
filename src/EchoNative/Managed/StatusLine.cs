using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// The line on standard error that tells how far a transfer has come: at its end, and on a terminal also while it is
/// under way. It is drawn by a thread of its own, so that a terminal which was stopped by Ctrl-S does not stop the
/// transfer.
/// </summary>
internal sealed class StatusLine : IDisposable
{
    private const int IntervalMilliseconds = 500;
    private const double NanosecondsPerSecond = 1e9;

    private readonly Tally _tally;
    private readonly Receiver _receiver;
    private readonly Thread? _drawing;
    private readonly ManualResetEventSlim _end = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _shown;

    /// <summary>The transfer begins.</summary>
    public StatusLine(Tally tally, Receiver receiver)
    {
        _tally = tally;
        _receiver = receiver;

        // Only where somebody can see it and nobody's text is in its way: what is typed or shown on the terminal, it
        // would cut to pieces.
        if (!Console.IsErrorRedirected && Console.IsOutputRedirected && Console.IsInputRedirected)
        {
            _drawing = new Thread(Redraw) { IsBackground = true, Name = "status" };
            _drawing.Start();
        }
    }

    /// <summary>Shows how far it came.</summary>
    public void End()
    {
        _end.Set();
        _drawing?.Join();
        Write("\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    private void Redraw()
    {
        while (!_end.Wait(IntervalMilliseconds))
        {
            Write("");
        }
    }

    // What was shown before is written over to its end.
    private void Write(string end)
    {
        long nanoseconds = (long)(Stopwatch.GetElapsedTime(_start).TotalSeconds * NanosecondsPerSecond);
        string text = TransferStatus.Tell(_tally.Sent, _receiver.Received, nanoseconds);
        string start = _drawing is null ? "" : "\r";
        _ = ByteStream.Error.Write(Encoding.ASCII.GetBytes($"{start}{text.PadRight(_shown)}{end}"));
        _shown = text.Length;
    }
}
