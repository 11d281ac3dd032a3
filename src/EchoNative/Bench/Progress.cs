using System.Globalization;
using System.Text;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// One line on standard error, if that is a terminal. It is rewritten once a second and cleared at the end.
/// </summary>
/// <param name="load">The load that the line reports on.</param>
internal sealed class Progress(Load load)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const string ClearLine = "\r\e[K";

    private readonly bool _isTerminal = StandardStream.Error.IsTerminal;
    private long _start;
    private long _next;

    /// <summary>Shows the line, if a second has passed since it was shown last.</summary>
    public void Show(long now)
    {
        if (!_isTerminal || now < _next)
        {
            return;
        }

        if (_start == 0)
        {
            _start = now;
        }
        else
        {
            Measurement measurement = load.Measurement;
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{ClearLine}{(now - _start) / NanosecondsPerSecond} s, {load.OpenCount} open, "
                    + $"{measurement.Operations} operations, {measurement.Bytes} bytes, {measurement.Errors} errors"));
        }

        _next = now + NanosecondsPerSecond;
    }

    /// <summary>Clears the line.</summary>
    public void Clear()
    {
        if (_isTerminal)
        {
            Write(ClearLine);
        }
    }

    // An error is ignored: the measurement does not depend on this line.
    private static void Write(string text) => _ = StandardStream.Error.WriteAll(Encoding.ASCII.GetBytes(text));
}
