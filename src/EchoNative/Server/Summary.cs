using System;
using EchoNative.Log;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Counts what the server does, and logs it at the end and at SIGUSR1.</summary>
/// <param name="children">The children.</param>
/// <param name="log">The log.</param>
/// <param name="countsProbes">Whether probes are counted in place of being logged.</param>
internal sealed class Summary(ChildTable children, EventLog<ParentLogSink> log, bool countsProbes)
{
    private const long MostBytesPerMillisecond = 1L << 30;

    private readonly long _start = MonotonicClock.Milliseconds;
    private long _bytes;
    private long _probes;
    private int _peak;

    /// <summary>Each child adds the bytes of its session to it at the end.</summary>
    public SharedCounter Bytes { get; } = SharedCounter.Create();

    public long Accepted { get; set; }

    public long Refused { get; set; }

    public long FailedForks { get; set; }

    public long Killed { get; set; }

    /// <summary>Call after a child was added.</summary>
    public void UpdatePeak() => _peak = Math.Max(_peak, children.Count);

    /// <summary>Counts a session that ended without a byte.</summary>
    /// <returns>False where such sessions are logged as any other, and not counted.</returns>
    public bool TryCountProbe()
    {
        _probes += countsProbes ? 1 : 0;
        return countsProbes;
    }

    /// <summary>Logs the summary.</summary>
    public void Write()
    {
        long uptime = MonotonicClock.Milliseconds - _start;
        _bytes = Add(_bytes, Bytes.Take(), uptime);
        log.WriteEvent(new Totals
        {
            Accepted = Accepted,
            Active = children.Count,
            Peak = _peak,
            Refused = Refused,
            FailedForks = FailedForks,
            Killed = Killed,
            Probes = countsProbes ? _probes : null,
            Bytes = _bytes,
            UptimeMilliseconds = uptime,
        });
    }

    /// <summary>
    /// Adds what children claim. One that was taken over may claim any number, below 0 too. No machine moves more than so much.
    /// </summary>
    /// <param name="counted">The bytes so far.</param>
    /// <param name="claimed">What the children say.</param>
    /// <param name="uptime">The milliseconds since the start.</param>
    internal static long Add(long counted, long claimed, long uptime)
    {
        long possible = Math.Min(uptime + 1, long.MaxValue / MostBytesPerMillisecond) * MostBytesPerMillisecond;
        return counted + Math.Clamp(claimed, 0, possible - counted);
    }
}
