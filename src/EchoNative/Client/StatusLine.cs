using System;
using System.Text;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// The line on standard error that tells how far a transfer has come: at its end, and on a terminal also while it is
/// under way. Then nothing else may be written there meanwhile.
/// </summary>
internal sealed class StatusLine
{
    private const int IntervalMilliseconds = 500;

    private readonly Tally _tally;
    private readonly bool _isRedrawn;
    private readonly long _start = MonotonicClock.Nanoseconds;
    private long _next = MonotonicClock.Milliseconds + IntervalMilliseconds;
    private int _shown;

    /// <summary>The transfer begins.</summary>
    /// <param name="tally">Where the sender counts.</param>
    /// <param name="isRedrawn">Whether the line is shown, over and over, while the transfer is under way.</param>
    public StatusLine(Tally tally, bool isRedrawn)
    {
        _tally = tally;
        _isRedrawn = isRedrawn;
    }

    /// <summary>How long one may sleep until it is to be shown again; or <see cref="Poll.Forever"/>.</summary>
    public int Milliseconds =>
        _isRedrawn ? (int)Math.Clamp(_next - MonotonicClock.Milliseconds, 0, IntervalMilliseconds) : Poll.Forever;

    /// <summary>
    /// Whether somebody can see such a line and nobody's text is in its way: what is typed or shown on the terminal, it
    /// would cut to pieces. To be asked while all three standard streams are open.
    /// </summary>
    public static bool HasPlace =>
        StandardStream.Error.IsTerminal && !StandardStream.Output.IsTerminal && !StandardStream.Input.IsTerminal;

    /// <summary>Shows how far it is, where it is time for that.</summary>
    public void Refresh(long received)
    {
        if (!_isRedrawn || MonotonicClock.Milliseconds < _next)
        {
            return;
        }

        _next = MonotonicClock.Milliseconds + IntervalMilliseconds;

        // A terminal that was stopped by Ctrl-S does not stop the transfer.
        if (StandardStream.Error.IsWritable)
        {
            Write(received, "");
        }
    }

    /// <summary>Shows how far it came.</summary>
    public void End(long received) => Write(received, "\n");

    // What was shown before is written over to its end.
    private void Write(long received, string end)
    {
        string text = TransferStatus.Tell(_tally.Sent, received, MonotonicClock.Nanoseconds - _start);
        string start = _isRedrawn ? "\r" : "";
        _ = StandardStream.Error.WriteAll(Encoding.ASCII.GetBytes($"{start}{text.PadRight(_shown)}{end}"));
        _shown = text.Length;
    }
}
