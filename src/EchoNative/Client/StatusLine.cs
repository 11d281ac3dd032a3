using System.Text;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>
/// Writes the status line of a transfer to standard error: at its end, and on a terminal also during the transfer. Until the
/// end nothing else may be written there.
/// </summary>
/// <param name="sender">Where the sender counts.</param>
/// <param name="isRedrawn">Whether the line is written during the transfer too.</param>
internal sealed class StatusLine(SenderState sender, bool isRedrawn)
{
    private readonly TransferStatus _status = new(isRedrawn, () => MonotonicClock.Nanoseconds);

    /// <summary>
    /// Whether the line can be redrawn: standard error is a terminal, and nothing else is typed or shown on a terminal, which
    /// the line would overwrite. Ask while all three standard streams are open.
    /// </summary>
    public static bool CanBeRedrawn =>
        StandardStream.Error.IsTerminal && !StandardStream.Output.IsTerminal && !StandardStream.Input.IsTerminal;

    /// <summary>How long the caller may sleep until the next <see cref="Refresh"/>; or <see cref="Poll.Forever"/>.</summary>
    public int MillisecondsUntilDue => _status.MillisecondsUntilDue;

    /// <summary>Writes the line if it is due.</summary>
    /// <param name="received">How many bytes have come back.</param>
    public void Refresh(long received)
    {
        // A terminal that was stopped by Ctrl-S must not stop the transfer.
        if (_status.CheckDue() && StandardStream.Error.IsWritable)
        {
            Write(_status.Redraw(sender.Sent, received));
        }
    }

    /// <summary>Writes the last line.</summary>
    /// <param name="received">How many bytes have come back.</param>
    public void End(long received) => Write(_status.End(sender.Sent, received));

    private static void Write(string line) => _ = StandardStream.Error.WriteAll(Encoding.ASCII.GetBytes(line));
}
