using System;
using System.Text;

namespace EchoNative.Log;

/// <summary>
/// The same events as <see cref="EventText"/> for programs: one JSON object a line, whose names stay. They are
/// described in docs/log-schema.json. Nothing is allocated, so that a forked child can write them too.
/// </summary>
internal static class EventJson
{
    /// <summary>Room for the longest line, in bytes.</summary>
    public const int MaxLength = 640;

    // What may follow a text has room in any case. A text that is too long is cut, and the line is JSON still.
    private const int RoomAfterText = 224;

    /// <inheritdoc cref="EventText.Listening"/>
    public static void Listening(ref LogLine line, long time, scoped ReadOnlySpan<byte> address)
    {
        Begin(ref line, time, "listening"u8);
        AddText(ref line, "address"u8, address);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.Connected"/>
    public static void Connected(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int processId, int active)
    {
        Begin(ref line, time, "connected"u8);
        AddSession(ref line, peer, processId);
        AddNumber(ref line, "active"u8, active);
        End(ref line);
    }

    /// <inheritdoc cref="EventFormat.Disconnected"/>
    public static void Disconnected(
        ref LogLine line,
        long time,
        scoped ReadOnlySpan<byte> peer,
        int processId,
        long bytes,
        long milliseconds,
        int idleSeconds,
        scoped ReadOnlySpan<byte> error)
    {
        Begin(ref line, time, "disconnected"u8);
        AddSession(ref line, peer, processId);
        AddNumber(ref line, "bytes"u8, bytes);
        AddSeconds(ref line, "seconds"u8, milliseconds);
        AddText(ref line, "cause"u8, idleSeconds > 0 ? "idle"u8 : error.IsEmpty ? "end_of_file"u8 : "error"u8);
        if (idleSeconds > 0)
        {
            AddNumber(ref line, "idle_seconds"u8, idleSeconds);
        }
        else if (!error.IsEmpty)
        {
            AddText(ref line, "error"u8, error);
        }

        End(ref line);
    }

    /// <inheritdoc cref="EventText.Removed"/>
    public static void Removed(
        ref LogLine line, long time, int processId, int exitStatus, int signalNumber, ReadOnlySpan<byte> signalName)
    {
        Begin(ref line, time, "removed"u8);
        AddNumber(ref line, "pid"u8, processId);
        if (signalNumber == 0)
        {
            AddNumber(ref line, "status"u8, exitStatus);
        }
        else
        {
            AddName(ref line, "signal"u8);
            line.Add("\""u8);
            EventText.AddSignal(ref line, signalNumber, signalName);
            line.Add("\""u8);
        }

        End(ref line);
    }

    /// <inheritdoc cref="EventText.RemovedClient"/>
    public static void RemovedClient(
        ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int exitStatus, bool wasEnded)
    {
        Begin(ref line, time, "removed"u8);
        AddText(ref line, "peer"u8, peer);
        if (wasEnded)
        {
            AddName(ref line, "ended"u8);
            line.Add("true"u8);
        }
        else
        {
            AddNumber(ref line, "status"u8, exitStatus);
        }

        End(ref line);
    }

    /// <inheritdoc cref="EventText.Stopping"/>
    public static void Stopping(ref LogLine line, long time, int active, int graceSeconds)
    {
        Begin(ref line, time, "stopping"u8);
        AddNumber(ref line, "active"u8, active);
        AddNumber(ref line, "grace_seconds"u8, graceSeconds);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.LimitReached"/>
    public static void LimitReached(ref LogLine line, long time, int active, bool refuses)
    {
        Begin(ref line, time, "limit_reached"u8);
        AddNumber(ref line, "active"u8, active);
        AddText(ref line, "busy"u8, refuses ? "refuse"u8 : "wait"u8);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.LimitLeft"/>
    public static void LimitLeft(ref LogLine line, long time, int active, long refused)
    {
        Begin(ref line, time, "limit_left"u8);
        AddNumber(ref line, "active"u8, active);
        AddNumber(ref line, "refused"u8, refused);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.FlowsAgain"/>
    public static void FlowsAgain(ref LogLine line, long time, long dropped)
    {
        Begin(ref line, time, "log_flows"u8);
        AddNumber(ref line, "dropped"u8, dropped);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.PeerRefused"/>
    public static void PeerRefused(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, int active)
    {
        Begin(ref line, time, "refused"u8);
        AddText(ref line, "peer"u8, peer);
        AddNumber(ref line, "active_from_address"u8, active);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.AcceptFailed"/>
    public static void AcceptFailed(ref LogLine line, long time, scoped ReadOnlySpan<byte> reason)
    {
        Begin(ref line, time, "error"u8);
        AddText(ref line, "call"u8, "accept"u8);
        AddText(ref line, "error"u8, reason);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.ForkFailed"/>
    public static void ForkFailed(ref LogLine line, long time, scoped ReadOnlySpan<byte> peer, scoped ReadOnlySpan<byte> reason)
    {
        Begin(ref line, time, "error"u8);
        AddText(ref line, "call"u8, "fork"u8);
        AddText(ref line, "peer"u8, peer);
        AddText(ref line, "error"u8, reason);
        End(ref line);
    }

    /// <inheritdoc cref="EventText.Summary"/>
    public static void Summary(ref LogLine line, long time, in Totals totals)
    {
        Begin(ref line, time, "summary"u8);
        AddNumber(ref line, "accepted"u8, totals.Accepted);
        AddNumber(ref line, "active"u8, totals.Active);
        AddNumber(ref line, "peak"u8, totals.Peak);
        AddNumber(ref line, "refused"u8, totals.Refused);
        AddNumber(ref line, "failed_forks"u8, totals.FailedForks);
        AddNumber(ref line, "killed"u8, totals.Killed);
        AddNumber(ref line, "bytes"u8, totals.Bytes);
        AddSeconds(ref line, "uptime_seconds"u8, totals.UptimeMilliseconds);
        End(ref line);
    }

    private static void Begin(ref LogLine line, long time, ReadOnlySpan<byte> name)
    {
        line.Add("{\"time\":\""u8);
        line.AddTime(time);
        line.Add("\""u8);
        AddText(ref line, "event"u8, name);
    }

    private static void End(ref LogLine line) => line.Add("}"u8);

    private static void AddSession(ref LogLine line, scoped ReadOnlySpan<byte> peer, int processId)
    {
        AddText(ref line, "peer"u8, peer);
        if (processId != 0)
        {
            AddNumber(ref line, "pid"u8, processId);
        }
    }

    private static void AddName(ref LogLine line, ReadOnlySpan<byte> name)
    {
        line.Add(",\""u8);
        line.Add(name);
        line.Add("\":"u8);
    }

    private static void AddNumber(ref LogLine line, ReadOnlySpan<byte> name, long number)
    {
        AddName(ref line, name);
        line.Add(number);
    }

    private static void AddSeconds(ref LogLine line, ReadOnlySpan<byte> name, long milliseconds)
    {
        AddName(ref line, name);
        line.AddSeconds(milliseconds);
    }

    private static void AddText(ref LogLine line, ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> text)
    {
        AddName(ref line, name);
        line.Add("\""u8);
        while (!text.IsEmpty && line.Room > RoomAfterText)
        {
            // What is no UTF-8 becomes U+FFFD: a line of JSON is text from end to end.
            _ = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            AddRune(ref line, rune, text[..length]);
            text = text[length..];
        }

        line.Add("\""u8);
    }

    private static void AddRune(ref LogLine line, Rune rune, scoped ReadOnlySpan<byte> bytes)
    {
        const int FirstPrintable = 0x20;
        if (rune.Value is '"' or '\\')
        {
            line.Add("\\"u8);
            line.Add(bytes);
        }
        else if (rune.Value < FirstPrintable)
        {
            line.Add(rune.Value < 0x10 ? "\\u000"u8 : "\\u001"u8);
            line.Add("0123456789abcdef"u8.Slice(rune.Value % 0x10, 1));
        }
        else
        {
            line.Add(rune == Rune.ReplacementChar ? "\uFFFD"u8 : bytes);
        }
    }
}
