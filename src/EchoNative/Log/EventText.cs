using System;

namespace EchoNative.Log;

/// <summary>
/// The words of the server, as any textbook on the subject has them. They are put into a line of the caller's, so
/// that a forked child can say them too, and know no engine: each serves clients in its own way and says the same.
/// </summary>
internal static class EventText
{
    /// <summary>Clients can connect.</summary>
    public static void Listening(ref LogLine line, scoped ReadOnlySpan<byte> address)
    {
        line.Add("listening on "u8);
        line.Add(address);
    }

    /// <summary>The kernel can't keep the server's processes from what they never do.</summary>
    public static void NotConfined(ref LogLine line, ReadOnlySpan<byte> reason)
    {
        line.Add("echo-server: seccomp() error"u8);
        AddReason(ref line, reason);
        line.Add(" (serving without a filter of system calls)"u8);
    }

    /// <summary>A session begins.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The process that serves it, or 0 where it is no process of its own.</param>
    /// <param name="active">How many sessions there are with this one.</param>
    public static void Connected(ref LogLine line, scoped ReadOnlySpan<byte> peer, int processId, int active)
    {
        line.Add("new client connected... "u8);
        line.Add(peer);
        line.Add(" ("u8);
        AddProcess(ref line, processId);
        line.Add(active);
        line.Add(" active)"u8);
    }

    /// <summary>A session has ended.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="peer">The client.</param>
    /// <param name="processId">The process that served it, or 0 where it is no process of its own.</param>
    /// <param name="bytes">How many bytes were written back.</param>
    /// <param name="milliseconds">How long the session was.</param>
    /// <param name="cause">Why it ended, empty for the client's end of file.</param>
    public static void Disconnected(
        ref LogLine line,
        scoped ReadOnlySpan<byte> peer,
        int processId,
        long bytes,
        long milliseconds,
        scoped ReadOnlySpan<byte> cause)
    {
        line.Add("client disconnected... "u8);
        line.Add(peer);
        line.Add(" ("u8);
        AddProcess(ref line, processId);
        line.Add(bytes);
        line.Add(" bytes, "u8);
        line.AddSeconds(milliseconds);
        line.Add(" s)"u8);
        AddReason(ref line, cause);
    }

    /// <summary>A session's cause: nothing came or went for too long.</summary>
    public static void Idle(ref LogLine cause, int seconds)
    {
        cause.Add("idle for "u8);
        cause.Add(seconds);
        cause.Add(" s"u8);
    }

    /// <summary>A child has ended and is gone from the process table.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="processId">The child.</param>
    /// <param name="exitStatus">What it exited with, where no signal ended it.</param>
    /// <param name="signalNumber">The signal that ended it, or 0.</param>
    /// <param name="signalName">Its name without SIG; empty where it has none.</param>
    public static void Removed(
        ref LogLine line, int processId, int exitStatus, int signalNumber, ReadOnlySpan<byte> signalName)
    {
        line.Add("removed proc id: "u8);
        line.Add(processId);
        if (signalNumber != 0)
        {
            line.Add(" (killed by "u8);
            AddSignal(ref line, signalNumber, signalName);
            line.Add(")"u8);
        }
        else
        {
            AddExitStatus(ref line, exitStatus);
        }
    }

    /// <summary>A session that was no process of its own is over, and its place is free.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="peer">The client.</param>
    /// <param name="exitStatus">What a process would have exited with: 0 after the client's end of file.</param>
    /// <param name="wasEnded">Whether the server ended it, when it was to stop itself.</param>
    public static void RemovedClient(ref LogLine line, scoped ReadOnlySpan<byte> peer, int exitStatus, bool wasEnded)
    {
        line.Add("removed client: "u8);
        line.Add(peer);
        if (wasEnded)
        {
            line.Add(" (ended)"u8);
        }
        else
        {
            AddExitStatus(ref line, exitStatus);
        }
    }

    /// <summary>No more clients are taken; sessions are under way.</summary>
    public static void Stopping(ref LogLine line, int active, int graceSeconds)
    {
        line.Add("stopping... "u8);
        line.Add(active);
        line.Add(" active, "u8);
        line.Add(graceSeconds);
        line.Add(" s to finish"u8);
    }

    /// <summary>As many clients are there as may be.</summary>
    public static void LimitReached(ref LogLine line, int active, bool refuses)
    {
        line.Add("limit reached... "u8);
        line.Add(active);
        line.Add(refuses ? " active, further clients are refused"u8 : " active, further clients wait"u8);
    }

    /// <summary>There is room again.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="active">How many clients are there.</param>
    /// <param name="refused">How many were refused since there was no room.</param>
    public static void LimitLeft(ref LogLine line, int active, long refused)
    {
        line.Add("limit left... "u8);
        line.Add(active);
        line.Add(" active, "u8);
        line.Add(refused);
        line.Add(" refused"u8);
    }

    /// <summary>A client was disconnected at once, since there are enough from its address.</summary>
    public static void PeerRefused(ref LogLine line, scoped ReadOnlySpan<byte> peer, int active)
    {
        line.Add("client refused... "u8);
        line.Add(peer);
        line.Add(" ("u8);
        line.Add(active);
        line.Add(" active from this address)"u8);
    }

    /// <summary>Clients can't be accepted for now. They stay in the queue.</summary>
    public static void AcceptFailed(ref LogLine line, scoped ReadOnlySpan<byte> reason)
    {
        line.Add("echo-server: accept() error"u8);
        AddReason(ref line, reason);
        line.Add(" (clients wait until there is room)"u8);
    }

    /// <summary>A client can't be served and was disconnected.</summary>
    public static void ForkFailed(ref LogLine line, scoped ReadOnlySpan<byte> peer, scoped ReadOnlySpan<byte> reason)
    {
        line.Add("echo-server: fork() error"u8);
        AddReason(ref line, reason);
        line.Add(" ("u8);
        line.Add(peer);
        line.Add(" was disconnected)"u8);
    }

    /// <summary>The log is read again.</summary>
    /// <param name="line">Where it is said.</param>
    /// <param name="dropped">How many lines could not be written meanwhile.</param>
    public static void FlowsAgain(ref LogLine line, long dropped)
    {
        line.Add("log flows again... "u8);
        line.Add(dropped);
        line.Add(" dropped"u8);
    }

    /// <summary>What was done since the start.</summary>
    public static void Summary(ref LogLine line, in Totals totals)
    {
        line.Add("summary... "u8);
        line.Add(totals.Accepted);
        line.Add(" accepted, "u8);
        line.Add(totals.Active);
        line.Add(" active, "u8);
        line.Add(totals.Peak);
        line.Add(" peak, "u8);
        line.Add(totals.Refused);
        line.Add(" refused, "u8);
        line.Add(totals.FailedForks);
        line.Add(" failed forks, "u8);
        line.Add(totals.Killed);
        line.Add(" killed, "u8);
        line.Add(totals.Bytes);
        line.Add(" bytes, "u8);
        line.AddSeconds(totals.UptimeMilliseconds);
        line.Add(" s"u8);
    }

    /// <summary>A signal as it is called: SIGKILL, or by its number where it has no name.</summary>
    public static void AddSignal(ref LogLine line, int number, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            line.Add("signal "u8);
            line.Add(number);
        }
        else
        {
            line.Add("SIG"u8);
            line.Add(name);
        }
    }

    private static void AddProcess(ref LogLine line, int processId)
    {
        if (processId != 0)
        {
            line.Add("pid "u8);
            line.Add(processId);
            line.Add(", "u8);
        }
    }

    private static void AddExitStatus(ref LogLine line, int exitStatus)
    {
        if (exitStatus != 0)
        {
            line.Add(" (exit status "u8);
            line.Add(exitStatus);
            line.Add(")"u8);
        }
    }

    private static void AddReason(ref LogLine line, scoped ReadOnlySpan<byte> reason)
    {
        if (!reason.IsEmpty)
        {
            line.Add(": "u8);
            line.Add(reason);
        }
    }
}
