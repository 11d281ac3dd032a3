using System;
using EchoNative.Log;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>Removes ended children from the process table by wait(2), and logs each.</summary>
/// <param name="children">The children.</param>
/// <param name="log">The log.</param>
/// <param name="summary">Counts the children that a signal has ended, and those that served a probe.</param>
/// <remarks>
/// Signals merge: one SIGCHLD may stand for several children, so the kernel is asked for any ended child until there is
/// none. For this it looks at one child after the other, the running ones included. With thousands of children that takes
/// longer than a whole short connection. So with many children the last ones are asked for first, by their process ids:
/// short sessions are the ones that end often. Any child is asked for once in 50 ms at the most, and what is left is removed
/// by then.
/// </remarks>
internal sealed class Reaper(ChildTable children, EventLog<ParentLogSink> log, Summary summary)
{
    private const int Many = 256;
    private const int IntervalMilliseconds = 50;

    private long _next;
    private bool _isDue;

    /// <summary>How long the server may sleep until it has to call <see cref="RemoveRemaining"/>, in milliseconds.</summary>
    public int Timeout => _isDue ? (int)Math.Max(0, _next - MonotonicClock.Milliseconds) : Poll.Forever;

    /// <summary>Removes ended children. Call at SIGCHLD.</summary>
    public void Remove()
    {
        if (children.Count <= Many)
        {
            RemoveAny();
            return;
        }

        _isDue = true;
        RemoveYoungest();
        RemoveRemaining();
    }

    /// <summary>Removes the children that <see cref="Remove"/> has left, where it is time for it.</summary>
    public void RemoveRemaining()
    {
        if (_isDue && MonotonicClock.Milliseconds >= _next)
        {
            RemoveYoungest();
            RemoveAny();
            _isDue = false;
            _next = MonotonicClock.Milliseconds + IntervalMilliseconds;
        }
    }

    private void RemoveAny()
    {
        while (ChildProcess.TryReapAny(out int processId, out WaitStatus status))
        {
            LogRemoved(processId, status);
        }
    }

    private void RemoveYoungest()
    {
        foreach (int processId in children.Youngest)
        {
            if (children.Contains(processId) && ChildProcess.TryReap(processId, out WaitStatus status))
            {
                LogRemoved(processId, status);
            }
        }
    }

    private void LogRemoved(int processId, WaitStatus status)
    {
        // The program before exec(2) may have left children, and process 1 gets orphans. Their status means something else.
        bool isOwn = children.Remove(processId);
        if (status.IsKilled)
        {
            summary.Killed += isOwn ? 1 : 0;
            log.WriteEvent(new KilledChildRemoved(processId, status.SignalNumber, status.SignalName));
        }
        else if (!isOwn)
        {
            log.WriteEvent(new ChildRemoved(processId, status.ExitStatus));
        }
        else
        {
            LogEnd(processId, new SessionStatus(status.ExitStatus));
        }
    }

    private void LogEnd(int processId, SessionStatus session)
    {
        if (!session.IsProbe || !summary.TryCountProbe())
        {
            log.Sink.AddDropped(session.Dropped);
            log.WriteEvent(new ChildRemoved(processId, session.Outcome));
        }
    }
}
