using System;

namespace EchoNative.Log;

/// <summary>
/// Something the server says in its log, in words and as JSON. Each event is a value on the stack, so that a forked child can
/// write it. It knows neither where the line goes nor which engine has raised it.
/// </summary>
/// <remarks>
/// An event stands here and nowhere else. A new one also needs a row in EventsTests, an entry in docs/log-schema.json and its
/// words in the manual page; tests fail until they are there.
/// </remarks>
internal interface ILogEvent
{
    /// <summary>The value of the member <c>event</c>. Several events may share it.</summary>
    public static abstract ReadOnlySpan<byte> JsonName { get; }

    /// <summary>Adds the words.</summary>
    public void WriteText(ref LogLine line);

    /// <summary>Adds the members that follow <c>time</c> and <c>event</c>.</summary>
    public void WriteJson(ref JsonLine json);
}

/// <summary>Clients can connect. One for each address.</summary>
/// <param name="address">The address with its port.</param>
internal readonly ref struct Listening(ReadOnlySpan<byte> address) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _address = address;

    public static ReadOnlySpan<byte> JsonName => "listening"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("listening on "u8);
        line.Add(_address);
    }

    public void WriteJson(ref JsonLine json) => json.AddText("address"u8, _address);
}

/// <summary>A session begins.</summary>
/// <param name="peer">The client.</param>
/// <param name="processId">The process that serves it, or 0 where the session has no process of its own.</param>
/// <param name="active">The number of sessions, this one included.</param>
internal readonly ref struct Connected(ReadOnlySpan<byte> peer, int processId, int active) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _peer = peer;

    public static ReadOnlySpan<byte> JsonName => "connected"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("new client connected... "u8);
        line.Add(_peer);
        line.Add(" ("u8);
        EventParts.AddProcess(ref line, processId);
        line.Add(active);
        line.Add(" active)"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("peer"u8, _peer);
        EventParts.AddProcess(ref json, processId);
        json.AddNumber("active"u8, active);
    }
}

/// <summary>A session has ended.</summary>
internal readonly ref struct Disconnected : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "disconnected"u8;

    /// <summary>The client.</summary>
    public required ReadOnlySpan<byte> Peer { get; init; }

    /// <summary>The process that served it, or 0 where the session had no process of its own.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The number of bytes that were written back.</summary>
    public required long Bytes { get; init; }

    /// <summary>How long the session took.</summary>
    public required long Milliseconds { get; init; }

    /// <summary>The idle timeout, where the session ended by it; otherwise 0.</summary>
    public required int IdleSeconds { get; init; }

    /// <summary>The error that ended the session; empty at the client's end of file. Ignored at the idle timeout.</summary>
    public required ReadOnlySpan<byte> Error { get; init; }

    public void WriteText(ref LogLine line)
    {
        line.Add("client disconnected... "u8);
        line.Add(Peer);
        line.Add(" ("u8);
        EventParts.AddProcess(ref line, ProcessId);
        line.Add(Bytes);
        line.Add(" bytes, "u8);
        line.AddSeconds(Milliseconds);
        line.Add(" s)"u8);
        if (IdleSeconds > 0)
        {
            line.Add(": idle for "u8);
            line.Add(IdleSeconds);
            line.Add(" s"u8);
        }
        else
        {
            EventParts.AddError(ref line, Error);
        }
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("peer"u8, Peer);
        EventParts.AddProcess(ref json, ProcessId);
        json.AddNumber("bytes"u8, Bytes);
        json.AddSeconds("seconds"u8, Milliseconds);
        if (IdleSeconds > 0)
        {
            json.AddText("cause"u8, "idle"u8);
            json.AddNumber("idle_seconds"u8, IdleSeconds);
        }
        else if (Error.IsEmpty)
        {
            json.AddText("cause"u8, "end_of_file"u8);
        }
        else
        {
            json.AddText("cause"u8, "error"u8);
            json.AddText("error"u8, Error);
        }
    }
}

/// <summary>A child process that has exited was removed from the process table.</summary>
/// <param name="processId">The child.</param>
/// <param name="exitStatus">Its exit status: 0 after the client's end of file.</param>
internal readonly struct ChildRemoved(int processId, int exitStatus) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "removed"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("removed proc id: "u8);
        line.Add(processId);
        EventParts.AddExitStatus(ref line, exitStatus);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddNumber("pid"u8, processId);
        json.AddNumber("status"u8, exitStatus);
    }
}

/// <summary>A child process that was killed by a signal was removed from the process table.</summary>
/// <param name="processId">The child.</param>
/// <param name="signalNumber">The signal.</param>
/// <param name="signalName">Its name without SIG; empty where it has none.</param>
internal readonly ref struct KilledChildRemoved(int processId, int signalNumber, ReadOnlySpan<byte> signalName) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _signalName = signalName;

    public static ReadOnlySpan<byte> JsonName => "removed"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("removed proc id: "u8);
        line.Add(processId);
        line.Add(" (killed by "u8);
        AddSignal(ref line);
        line.Add(")"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        LogLine signal = new(stackalloc byte[32]);
        AddSignal(ref signal);
        json.AddNumber("pid"u8, processId);
        json.AddText("signal"u8, signal.Text);
    }

    private void AddSignal(scoped ref LogLine line)
    {
        line.Add(_signalName.IsEmpty ? "signal "u8 : "SIG"u8);
        line.Add(_signalName);
        if (_signalName.IsEmpty)
        {
            line.Add(signalNumber);
        }
    }
}

/// <summary>A session that had no process of its own is over, and its place is free.</summary>
/// <param name="peer">The client.</param>
/// <param name="exitStatus">The exit status that a process would have had: 0 after the client's end of file.</param>
/// <param name="wasEnded">Whether the server has ended it, since it stops itself.</param>
internal readonly ref struct ClientRemoved(ReadOnlySpan<byte> peer, int exitStatus, bool wasEnded) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _peer = peer;

    public static ReadOnlySpan<byte> JsonName => "removed"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("removed client: "u8);
        line.Add(_peer);
        if (wasEnded)
        {
            line.Add(" (ended)"u8);
        }
        else
        {
            EventParts.AddExitStatus(ref line, exitStatus);
        }
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("peer"u8, _peer);
        if (wasEnded)
        {
            json.AddTrue("ended"u8);
        }
        else
        {
            json.AddNumber("status"u8, exitStatus);
        }
    }
}

/// <summary>The limit on clients is reached.</summary>
/// <param name="active">The number of sessions.</param>
/// <param name="refuses">Whether further clients are disconnected; otherwise they wait.</param>
/// <param name="times">How many times it was reached since the last event of this kind, this time included.</param>
internal readonly struct LimitReached(int active, bool refuses, long times) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "limit_reached"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("limit reached... "u8);
        line.Add(active);
        line.Add(refuses ? " active, further clients are refused"u8 : " active, further clients wait"u8);
        EventParts.AddTimes(ref line, times);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddNumber("active"u8, active);
        json.AddText("busy"u8, refuses ? "refuse"u8 : "wait"u8);
        json.AddNumber("times"u8, times);
    }
}

/// <summary>There is room for clients again.</summary>
/// <param name="active">The number of sessions.</param>
/// <param name="refused">The number of clients that were refused since the limit was reached.</param>
internal readonly struct LimitLeft(int active, long refused) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "limit_left"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("limit left... "u8);
        line.Add(active);
        line.Add(" active, "u8);
        line.Add(refused);
        line.Add(" refused"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddNumber("active"u8, active);
        json.AddNumber("refused"u8, refused);
    }
}

/// <summary>A client was disconnected at once, since too many from its address are connected.</summary>
/// <param name="peer">The client.</param>
/// <param name="active">The number of sessions with clients from its address.</param>
internal readonly ref struct PeerRefused(ReadOnlySpan<byte> peer, int active) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _peer = peer;

    public static ReadOnlySpan<byte> JsonName => "refused"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("client refused... "u8);
        line.Add(_peer);
        line.Add(" ("u8);
        line.Add(active);
        line.Add(" active from this address)"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("peer"u8, _peer);
        json.AddNumber("active_from_address"u8, active);
    }
}

/// <summary>Clients can't be accepted for now. They stay in the queue.</summary>
/// <param name="call">The system call that fails.</param>
/// <param name="error">Why.</param>
/// <param name="times">How many times it has failed since the last event of this kind, this time included.</param>
internal readonly ref struct AcceptFailed(ReadOnlySpan<byte> call, ReadOnlySpan<byte> error, long times) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _call = call;
    private readonly ReadOnlySpan<byte> _error = error;

    public static ReadOnlySpan<byte> JsonName => "error"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("echo-server: "u8);
        line.Add(_call);
        line.Add("() error"u8);
        EventParts.AddError(ref line, _error);
        line.Add(" (clients wait until there is room)"u8);
        EventParts.AddTimes(ref line, times);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("call"u8, _call);
        json.AddText("error"u8, _error);
        json.AddNumber("times"u8, times);
    }
}

/// <summary>A listening socket takes no more clients. The server goes on with the others.</summary>
/// <param name="address">The address with its port.</param>
/// <param name="error">Why.</param>
internal readonly ref struct ListeningEnded(ReadOnlySpan<byte> address, ReadOnlySpan<byte> error) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _address = address;
    private readonly ReadOnlySpan<byte> _error = error;

    public static ReadOnlySpan<byte> JsonName => "error"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("echo-server: accept() error"u8);
        EventParts.AddError(ref line, _error);
        line.Add(" ("u8);
        line.Add(_address);
        line.Add(" takes no more clients)"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("call"u8, "accept"u8);
        json.AddText("error"u8, _error);
        json.AddText("address"u8, _address);
    }
}

/// <summary>No child could be made for a client, which was disconnected.</summary>
/// <param name="peer">The client.</param>
/// <param name="error">Why.</param>
/// <param name="times">To how many clients it has happened since the last event of this kind, this one included.</param>
internal readonly ref struct ForkFailed(ReadOnlySpan<byte> peer, ReadOnlySpan<byte> error, long times) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _peer = peer;
    private readonly ReadOnlySpan<byte> _error = error;

    public static ReadOnlySpan<byte> JsonName => "error"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("echo-server: fork() error"u8);
        EventParts.AddError(ref line, _error);
        line.Add(" ("u8);
        line.Add(_peer);
        line.Add(" was disconnected)"u8);
        EventParts.AddTimes(ref line, times);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("call"u8, "fork"u8);
        json.AddText("peer"u8, _peer);
        json.AddText("error"u8, _error);
        json.AddNumber("times"u8, times);
    }
}

/// <summary>The server ends, and a child has not ended a second after SIGKILL: a debugger or a freezer holds it.</summary>
/// <param name="processId">The child.</param>
internal readonly struct ChildLeft(int processId) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "error"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("echo-server: kill() error: the process has not ended (proc id "u8);
        line.Add(processId);
        line.Add(" is left)"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("call"u8, "kill"u8);
        json.AddText("error"u8, "the process has not ended"u8);
        json.AddNumber("pid"u8, processId);
    }
}

/// <summary>The kernel has no filter of system calls; the server serves without one.</summary>
/// <param name="error">Why.</param>
internal readonly ref struct NotConfined(ReadOnlySpan<byte> error) : ILogEvent
{
    private readonly ReadOnlySpan<byte> _error = error;

    public static ReadOnlySpan<byte> JsonName => "error"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("echo-server: seccomp() error"u8);
        EventParts.AddError(ref line, _error);
        line.Add(" (serving without a filter of system calls)"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddText("call"u8, "seccomp"u8);
        json.AddText("error"u8, _error);
    }
}

/// <summary>Lines could not be written; now they can.</summary>
/// <param name="dropped">The number of lines that were dropped.</param>
internal readonly struct LogResumed(long dropped) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "log_flows"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("log flows again... "u8);
        line.Add(dropped);
        line.Add(" dropped"u8);
    }

    public void WriteJson(ref JsonLine json) => json.AddNumber("dropped"u8, dropped);
}

/// <summary>The server takes no more clients; there are still sessions.</summary>
/// <param name="active">The number of sessions.</param>
/// <param name="graceSeconds">How long they may go on.</param>
internal readonly struct Stopping(int active, int graceSeconds) : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "stopping"u8;

    public void WriteText(ref LogLine line)
    {
        line.Add("stopping... "u8);
        line.Add(active);
        line.Add(" active, "u8);
        line.Add(graceSeconds);
        line.Add(" s to finish"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddNumber("active"u8, active);
        json.AddNumber("grace_seconds"u8, graceSeconds);
    }
}

/// <summary>The summary: what the server has done since its start.</summary>
internal readonly struct Totals : ILogEvent
{
    public static ReadOnlySpan<byte> JsonName => "summary"u8;

    /// <summary>Connections that were accepted, including those that were refused or could not be served.</summary>
    public required long Accepted { get; init; }

    /// <summary>Sessions now.</summary>
    public required int Active { get; init; }

    /// <summary>The most sessions there were at a time.</summary>
    public required int Peak { get; init; }

    /// <summary>Connections that were closed at once because of a limit.</summary>
    public required long Refused { get; init; }

    /// <summary>Connections that were closed at once because no child could be made for them.</summary>
    public required long FailedForks { get; init; }

    /// <summary>Sessions that were ended by a signal, or by the server where they have no process of their own.</summary>
    public required long Killed { get; init; }

    /// <summary>Sessions that ended without a byte and were not logged; null where such sessions are logged.</summary>
    public required long? Probes { get; init; }

    /// <summary>Bytes that were written back in sessions that have ended in any other way.</summary>
    public required long Bytes { get; init; }

    /// <summary>Time since the start.</summary>
    public required long UptimeMilliseconds { get; init; }

    public void WriteText(ref LogLine line)
    {
        line.Add("summary... "u8);
        line.Add(Accepted);
        line.Add(" accepted, "u8);
        line.Add(Active);
        line.Add(" active, "u8);
        line.Add(Peak);
        line.Add(" peak, "u8);
        line.Add(Refused);
        line.Add(" refused, "u8);
        line.Add(FailedForks);
        line.Add(" failed forks, "u8);
        line.Add(Killed);
        line.Add(" killed, "u8);
        if (Probes is long probes)
        {
            line.Add(probes);
            line.Add(" probes, "u8);
        }

        line.Add(Bytes);
        line.Add(" bytes, "u8);
        line.AddSeconds(UptimeMilliseconds);
        line.Add(" s"u8);
    }

    public void WriteJson(ref JsonLine json)
    {
        json.AddNumber("accepted"u8, Accepted);
        json.AddNumber("active"u8, Active);
        json.AddNumber("peak"u8, Peak);
        json.AddNumber("refused"u8, Refused);
        json.AddNumber("failed_forks"u8, FailedForks);
        json.AddNumber("killed"u8, Killed);
        if (Probes is long probes)
        {
            json.AddNumber("probes"u8, probes);
        }

        json.AddNumber("bytes"u8, Bytes);
        json.AddSeconds("uptime_seconds"u8, UptimeMilliseconds);
    }
}

/// <summary>Parts that several events have in common.</summary>
internal static class EventParts
{
    public static void AddProcess(scoped ref LogLine line, int processId)
    {
        if (processId != 0)
        {
            line.Add("pid "u8);
            line.Add(processId);
            line.Add(", "u8);
        }
    }

    public static void AddProcess(scoped ref JsonLine json, int processId)
    {
        if (processId != 0)
        {
            json.AddNumber("pid"u8, processId);
        }
    }

    public static void AddExitStatus(scoped ref LogLine line, int exitStatus)
    {
        if (exitStatus != 0)
        {
            line.Add(" (exit status "u8);
            line.Add(exitStatus);
            line.Add(")"u8);
        }
    }

    public static void AddTimes(scoped ref LogLine line, long times)
    {
        if (times > 1)
        {
            line.Add(" ("u8);
            line.Add(times);
            line.Add(" times since the last such line)"u8);
        }
    }

    public static void AddError(scoped ref LogLine line, scoped ReadOnlySpan<byte> error)
    {
        if (!error.IsEmpty)
        {
            line.Add(": "u8);
            line.Add(error);
        }
    }
}
