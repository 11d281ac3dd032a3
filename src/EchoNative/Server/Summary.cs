using System;
using EchoNative.Log;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Counts what the server does, and tells it at the end and whenever SIGUSR1 asks.</summary>
/// <param name="children">Those that are served.</param>
/// <param name="log">Where it is told.</param>
internal sealed class Summary(ChildTable children, EventLog<ParentLogSink> log)
{
    private readonly long _start = MonotonicClock.Milliseconds;
    private long _bytes;
    private int _peak;

    /// <summary>To which each child adds its bytes when its session has ended.</summary>
    public SharedCounter Bytes { get; } = SharedCounter.Create();

    public long Accepted { get; set; }

    public long Refused { get; set; }

    public long FailedForks { get; set; }

    public long Killed { get; set; }

    /// <summary>Notes that there is a child more.</summary>
    public void NoteChild() => _peak = Math.Max(_peak, children.Count);

    public void Tell()
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
