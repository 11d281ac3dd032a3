using System;
using EchoNative.Log;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Counts what the server does, and logs it at the end and at SIGUSR1.</summary>
/// <param name="children">The children.</param>
/// <param name="log">The log.</param>
internal sealed class Summary(ChildTable children, EventLog<ParentLogSink> log)
{
    private readonly long _start = MonotonicClock.Milliseconds;
    private long _bytes;
    private int _peak;

    /// <summary>Each child adds the bytes of its session to it at the end.</summary>
    public SharedCounter Bytes { get; } = SharedCounter.Create();

    public long Accepted { get; set; }

    public long Refused { get; set; }

    public long FailedForks { get; set; }

    public long Killed { get; set; }

    /// <summary>Call after a child was added.</summary>
    public void UpdatePeak() => _peak = Math.Max(_peak, children.Count);

    /// <summary>Logs the summary.</summary>
    public void Write()
    {
        _bytes += Bytes.Take();
        log.WriteEvent(new Totals
        {
            Accepted = Accepted,
            Active = children.Count,
            Peak = _peak,
            Refused = Refused,
            FailedForks = FailedForks,
            Killed = Killed,
            Bytes = _bytes,
            UptimeMilliseconds = MonotonicClock.Milliseconds - _start,
        });
    }
}
