using System;
using System.Globalization;

namespace EchoNative.Shared;

/// <summary>
/// The status line of a raw transfer: its text, and when it is drawn again. The engines write it to standard error.
/// </summary>
internal sealed class TransferStatus
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long IntervalNanoseconds = NanosecondsPerSecond / 2;
    private const int Never = -1; // as poll(2) has it
    private const double Step = 1000;
    private const double ShownAsStep = 999.5; // without decimals
    private const string Prefixes = " kMG";

    private readonly bool _isRedrawn;
    private readonly Func<long> _clock;
    private readonly long _start;
    private long _next;
    private int _shownLength;

    /// <summary>The transfer begins.</summary>
    /// <param name="isRedrawn">Whether the line is drawn during the transfer too, each time over the one before.</param>
    /// <param name="clock">Monotonic time in nanoseconds.</param>
    public TransferStatus(bool isRedrawn, Func<long> clock)
    {
        _isRedrawn = isRedrawn;
        _clock = clock;
        _start = clock();
        _next = _start + IntervalNanoseconds;
    }

    /// <summary>In how many milliseconds the line is due to be redrawn; -1 for never. It does not read the clock then.</summary>
    public int MillisecondsUntilDue
    {
        get
        {
            if (!_isRedrawn)
            {
                return Never;
            }

            // Rounded up: a wait that ends too early would be repeated.
            long left = Math.Clamp(_next - _clock(), 0, IntervalNanoseconds);
            return (int)((left + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
        }
    }

    /// <summary>Whether the line is due to be redrawn. If so, it is due again after one more interval.</summary>
    public bool CheckDue()
    {
        if (!_isRedrawn)
        {
            return false;
        }

        long now = _clock();
        if (now < _next)
        {
            return false;
        }

        _next = now + IntervalNanoseconds;
        return true;
    }

    /// <summary>The line during the transfer.</summary>
    /// <param name="sent">How many bytes the system has taken for the server.</param>
    /// <param name="received">How many bytes have come back.</param>
    public string Redraw(long sent, long received)
    {
        string text = Format(sent, received, _clock() - _start);

        // Spaces overwrite what is left of a longer line.
        string line = (_isRedrawn ? "\r" : "") + text.PadRight(_shownLength);
        _shownLength = text.Length;
        return line;
    }

    /// <summary>The line after the transfer, with its newline.</summary>
    /// <param name="sent">How many bytes the system has taken for the server.</param>
    /// <param name="received">How many bytes have come back.</param>
    public string End(long sent, long received) => Redraw(sent, received) + "\n";

    /// <summary>
    /// For example <c>1048576 bytes sent, 1048576 received, 0.512 s, 2.05 MB/s</c>: the rate is that of what came back, in
    /// powers of 1000.
    /// </summary>
    /// <param name="sent">How many bytes the system has taken for the server.</param>
    /// <param name="received">How many bytes have come back.</param>
    /// <param name="nanoseconds">The time since the start.</param>
    internal static string Format(long sent, long received, long nanoseconds)
    {
        double seconds = nanoseconds / (double)NanosecondsPerSecond;
        double rate = seconds > 0 ? received / seconds : 0;
        return string.Create(
            CultureInfo.InvariantCulture, $"{sent} bytes sent, {received} received, {seconds:F3} s, {FormatRate(rate)}");
    }

    // Three digits; fewer only below 100 B/s, where there are no parts of a byte.
    private static string FormatRate(double rate)
    {
        int prefix = 0;
        while (prefix < Prefixes.Length - 1 && rate >= ShownAsStep)
        {
            rate /= Step;
            prefix++;
        }

        string decimals = (prefix, rate) switch
        {
            (0, _) or (_, >= 99.95) => "F0",
            (_, >= 9.995) => "F1",
            _ => "F2",
        };
        string unit = Prefixes[prefix..(prefix + 1)].Trim();
        return string.Create(CultureInfo.InvariantCulture, $"{rate.ToString(decimals, CultureInfo.InvariantCulture)} {unit}B/s");
    }
}
