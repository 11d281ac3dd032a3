using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// Writes the status line of a transfer to standard error: at its end, and on a terminal also during the transfer. A thread of
/// its own does the latter, so that a terminal that was stopped by Ctrl-S does not stop the transfer.
/// </summary>
internal sealed class StatusLine : IDisposable
{
    private readonly SenderState _sender;
    private readonly Receiver _receiver;
    private readonly TransferStatus _status;
    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _end = new();

    /// <summary>The transfer begins.</summary>
    /// <param name="sender">Where the sender counts.</param>
    /// <param name="receiver">Where the bytes that come back are counted.</param>
    public StatusLine(SenderState sender, Receiver receiver)
    {
        _sender = sender;
        _receiver = receiver;

        // Only if standard error is a terminal, and nothing else is typed or shown on one: the line would overwrite it.
        bool isRedrawn = !Console.IsErrorRedirected && Console.IsOutputRedirected && Console.IsInputRedirected;
        _status = new TransferStatus(isRedrawn, () => Stopwatch.GetElapsedTime(0).Ticks * TimeSpan.NanosecondsPerTick);
        if (isRedrawn)
        {
            _thread = new Thread(RedrawUntilEnd) { IsBackground = true, Name = "status" };
            _thread.Start();
        }
    }

    /// <summary>Writes the last line.</summary>
    public void End()
    {
        _end.Set();
        _thread?.Join();
        Write(_status.End(_sender.Sent, _receiver.Received));
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    private static void Write(string line) => _ = ByteStream.Error.Write(Encoding.ASCII.GetBytes(line));

    private void RedrawUntilEnd()
    {
        while (!_end.Wait(_status.MillisecondsUntilDue))
        {
            if (_status.CheckDue())
            {
                Write(_status.Redraw(_sender.Sent, _receiver.Received));
            }
        }
    }
}
