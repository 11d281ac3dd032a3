using System;

namespace EchoNative.Log;

/// <summary>
/// How each event is written: in words (<see cref="EventText"/>), with the time before them if asked for, or as JSON
/// (<see cref="EventJson"/>), which always has the time. It lies in no heap, so parent and child use it alike.
/// </summary>
/// <param name="isJson">Whether as JSON.</param>
/// <param name="isStamped">Whether the words have the time before them.</param>
internal readonly struct EventFormat(bool isJson, bool isStamped)
{
    private const int LongestCause = 32;

    private readonly bool _isJson = isJson;
    private readonly bool _isStamped = isStamped;

    /// <summary>Room for the longest line, in bytes.</summary>
    public int MaxLength => _isJson ? EventJson.MaxLength : LogLine.MaxLength;

    /// <summary>Whether the time matters at all.</summary>
    public bool TellsTime => _isJson || _isStamped;

    /// <inheritdoc cref="EventText.Listening"/>
    public void Listening(ref LogLine line, long time, scoped ReadOnlySpan<byte> address)
    {
        if (_isJson)
        {
            EventJson.Listening(ref line, time, address);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Listening(ref line, address);
        }
    }

    /// <inheritdoc cref="EventText.Connected"/>
    public void Connected(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int processId, int active)
    {
        if (_isJson)
        {
            EventJson.Connected(ref line, time, peer, processId, active);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Connected(ref line, peer, processId, active);
        }
    }

    /// <summary>A session has ended.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="time">When, in milliseconds since the beginning of 1970.</param>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The process that served it, or 0 where it is no process of its own.</param>
    /// <param name="bytes">How many bytes were written back.</param>
    /// <param name="milliseconds">How long the session was.</param>
    /// <param name="idleSeconds">For how long it was idle, if it ended by that; 0 if not.</param>
    /// <param name="error">Why it ended otherwise, empty for the client's end of file.</param>
    public void Disconnected(
        ref LogLine line,
        long time,
        scoped ReadOnlySpan<byte> peer,
        int processId,
        long bytes,
        long milliseconds,
        int idleSeconds,
        scoped ReadOnlySpan<byte> error)
    {
        if (_isJson)
        {
            EventJson.Disconnected(ref line, time, peer, processId, bytes, milliseconds, idleSeconds, error);
        }
        else if (idleSeconds > 0)
        {
            LogLine cause = new(stackalloc byte[LongestCause]);
            EventText.Idle(ref cause, idleSeconds);
            Stamp(ref line, time);
            EventText.Disconnected(ref line, peer, processId, bytes, milliseconds, cause.Text);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Disconnected(ref line, peer, processId, bytes, milliseconds, error);
        }
    }

    /// <inheritdoc cref="EventText.Removed"/>
    public void Removed(
        ref LogLine line, long time, int processId, int exitStatus, int signalNumber, ReadOnlySpan<byte> signalName)
    {
        if (_isJson)
        {
            EventJson.Removed(ref line, time, processId, exitStatus, signalNumber, signalName);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Removed(ref line, processId, exitStatus, signalNumber, signalName);
        }
    }

    /// <inheritdoc cref="EventText.RemovedClient"/>
    public void RemovedClient(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int exitStatus, bool wasEnded)
    {
        if (_isJson)
        {
            EventJson.RemovedClient(ref line, time, peer, exitStatus, wasEnded);
        }
        else
        {
            Stamp(ref line, time);
            EventText.RemovedClient(ref line, peer, exitStatus, wasEnded);
        }
    }

    /// <inheritdoc cref="EventText.Stopping"/>
    public void Stopping(ref LogLine line, long time, int active, int graceSeconds)
    {
        if (_isJson)
        {
            EventJson.Stopping(ref line, time, active, graceSeconds);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Stopping(ref line, active, graceSeconds);
        }
    }

    /// <inheritdoc cref="EventText.LimitReached"/>
    public void LimitReached(ref LogLine line, long time, int active, bool refuses)
    {
        if (_isJson)
        {
            EventJson.LimitReached(ref line, time, active, refuses);
        }
        else
        {
            Stamp(ref line, time);
            EventText.LimitReached(ref line, active, refuses);
        }
    }

    /// <inheritdoc cref="EventText.LimitLeft"/>
    public void LimitLeft(ref LogLine line, long time, int active, long refused)
    {
        if (_isJson)
        {
            EventJson.LimitLeft(ref line, time, active, refused);
        }
        else
        {
            Stamp(ref line, time);
            EventText.LimitLeft(ref line, active, refused);
        }
    }

    /// <inheritdoc cref="EventText.FlowsAgain"/>
    public void FlowsAgain(ref LogLine line, long time, long dropped)
    {
        if (_isJson)
        {
            EventJson.FlowsAgain(ref line, time, dropped);
        }
        else
        {
            Stamp(ref line, time);
            EventText.FlowsAgain(ref line, dropped);
        }
    }

    /// <inheritdoc cref="EventText.PeerRefused"/>
    public void PeerRefused(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int active)
    {
        if (_isJson)
        {
            EventJson.PeerRefused(ref line, time, peer, active);
        }
        else
        {
            Stamp(ref line, time);
            EventText.PeerRefused(ref line, peer, active);
        }
    }

    /// <inheritdoc cref="EventText.AcceptFailed"/>
    public void AcceptFailed(ref LogLine line, long time, scoped ReadOnlySpan<byte> reason)
    {
        if (_isJson)
        {
            EventJson.AcceptFailed(ref line, time, reason);
        }
        else
        {
            Stamp(ref line, time);
            EventText.AcceptFailed(ref line, reason);
        }
    }

    /// <inheritdoc cref="EventText.ForkFailed"/>
    public void ForkFailed(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, scoped ReadOnlySpan<byte> reason)
    {
        if (_isJson)
        {
            EventJson.ForkFailed(ref line, time, peer, reason);
        }
        else
        {
            Stamp(ref line, time);
            EventText.ForkFailed(ref line, peer, reason);
        }
    }

    /// <inheritdoc cref="EventText.Summary"/>
    public void Summary(ref LogLine line, long time, in Totals totals)
    {
        if (_isJson)
        {
            EventJson.Summary(ref line, time, totals);
        }
        else
        {
            Stamp(ref line, time);
            EventText.Summary(ref line, totals);
        }
    }

    private void Stamp(ref LogLine line, long time)
    {
        if (_isStamped)
        {
            line.AddTime(time);
            line.Add(" "u8);
        }
    }
}
