using System.Globalization;
using System.Text;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>One line on standard error, if that is a terminal: written over once a second, and cleared at the end.</summary>
/// <param name="load">What it tells about.</param>
internal sealed class Progress(Load load)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const string ClearLine = "\r\e[K";

    private readonly bool _isSeen = StandardStream.Error.IsTerminal;
    private long _begin;
    private long _next;

    /// <summary>Shows it, if a second has gone by.</summary>
    public void Show(long now)
    {
        if (!_isSeen || now < _next)
        {
            return;
        }

        if (_begin == 0)
        {
            _begin = now;
        }
        else
        {
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{ClearLine}{(now - _begin) / NanosecondsPerSecond} s, {load.OpenCount} open, {load.Measurement.Operations} operations, {load.Measurement.Bytes} bytes, {load.Faults.Count} errors"));
        }

        _next = now + NanosecondsPerSecond;
    }

    /// <summary>Leaves the terminal as it was.</summary>
    public void Clear()
    {
        if (_isSeen)
        {
            Write(ClearLine);
        }
    }

    // Nobody depends on it, so that it may fail.
    private static void Write(string text) => _ = StandardStream.Error.WriteAll(Encoding.ASCII.GetBytes(text));
}
