using System;
using EchoNative.Log;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Removes children that have ended from the process table, and says so.</summary>
/// <param name="children">The children there are.</param>
/// <param name="log">Where it is said.</param>
/// <param name="summary">Where those are counted that a signal ended.</param>
/// <remarks>
/// Signals merge: one SIGCHLD may stand for many children, so the kernel is asked for any dead child until there
/// is none. To answer, it looks at one child after the other, the living ones included, which with thousands of
/// them takes longer than a whole short connection. So with many children those are asked for first, by their
/// process ids, that were forked last: who has been here for long is not likely to have ended just now. And any
/// child is asked for only so often; what a flood of ends leaves over is removed a moment later.
/// </remarks>
internal sealed class Reaper(ChildTable children, EventLog<ParentLogSink> log, Summary summary)
{
    private const int Many = 256;
    private const int MillisecondsBetween = 50;

    private long _next;
    private bool _isDue;

    /// <summary>How long the server may sleep before it has to call <see cref="RemoveLeftOver"/>, in milliseconds.</summary>
    public int Patience => _isDue ? (int)Math.Max(0, _next - MonotonicClock.Milliseconds) : Poll.Forever;

    /// <summary>What SIGCHLD calls for.</summary>
    public void Remove()
    {
        if (children.Count <= Many)
        {
            RemoveAny();
            return;
        }

        _isDue = true;
        RemoveYoungest();
        RemoveLeftOver();
    }

    /// <summary>Removes what was left over, if it is time.</summary>
    public void RemoveLeftOver()
    {
        if (_isDue && MonotonicClock.Milliseconds >= _next)
        {
            RemoveYoungest();
            RemoveAny();
            _isDue = false;
            _next = MonotonicClock.Milliseconds + MillisecondsBetween;
        }
    }

    private void RemoveAny()
    {
        while (ChildProcess.TryReapAny(out int processId, out WaitStatus status))
        {
            Note(processId, status);
        }
    }

    private void RemoveYoungest()
    {
        foreach (int processId in children.Youngest)
        {
            if (children.Contains(processId) && ChildProcess.TryReap(processId, out WaitStatus status))
            {
                Note(processId, status);
            }
        }
    }

    private void Note(int processId, WaitStatus status)
    {
        if (children.Remove(processId) && status.IsKilled)
        {
            summary.Killed++;
        }

        if (status.IsKilled)
        {
            log.WriteEvent(new KilledChildRemoved(processId, status.SignalNumber, status.SignalName));
            return;
        }

        SessionStatus session = new(status.ExitStatus);
        log.Sink.AddDropped(session.Dropped);
        log.WriteEvent(new ChildRemoved(processId, session.Outcome));
    }
}
