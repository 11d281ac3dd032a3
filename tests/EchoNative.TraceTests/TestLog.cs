using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>Reads and replays a log that a test writes itself.</summary>
internal static class TestLog
{
    /// <summary>Reads lines as they are.</summary>
    public static StraceLog Parse(params IEnumerable<string> lines) => Read(string.Join('\n', lines) + "\n");

    /// <summary>Reads a whole text.</summary>
    public static StraceLog Read(string text)
    {
        using StringReader reader = new(text);
        return LogReader.Read(reader);
    }

    /// <summary>Replays lines of the form <c>PID EVENT</c>. Each gets a time, one millisecond after the line before.</summary>
    public static History Replay(params IEnumerable<string> lines) =>
        Trace.Model.Replay.Run(Parse(lines.Select((line, index) =>
            line.Split(' ', 2) is [string task, string rest] ? $"{task} 100.{index:000}000 {rest}" : line)));

    /// <summary>The faults in such lines.</summary>
    public static IReadOnlyList<Finding> Faults(params IEnumerable<string> lines) =>
        [.. Diagnosis.Of(Replay(lines)).Where(finding => finding.IsFault)];

    public static SystemCall CallAt(StraceLog log, int index) => (SystemCall)log.Events[index];

    public static TracedProcess Process(History history, int id) => history.Processes.Last(process => process.Id == id);
}
