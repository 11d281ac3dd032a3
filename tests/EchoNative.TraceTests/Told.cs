using System.Collections.Generic;
using System.IO;
using System.Linq;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Log;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>What becomes of a log that a test writes itself.</summary>
internal static class Told
{
    /// <summary>Reads lines as they are.</summary>
    public static StraceLog Log(params IEnumerable<string> lines) => Read(string.Join('\n', lines) + "\n");

    /// <summary>Reads a whole text.</summary>
    public static StraceLog Read(string text)
    {
        using StringReader reader = new(text);
        return LogReader.Read(reader);
    }

    /// <summary>Plays lines of the form <c>PID EVENT</c>, which get a time each, a millisecond apart.</summary>
    public static History Story(params IEnumerable<string> lines) =>
        Replay.Run(Log(lines.Select((line, index) => line.Split(' ', 2) is [string task, string rest] ? $"{task} 100.{index:000}000 {rest}" : line)));

    /// <summary>The faults in such a story.</summary>
    public static IReadOnlyList<Finding> Faults(params IEnumerable<string> lines) =>
        [.. Diagnosis.Of(Story(lines)).Where(finding => finding.IsFault)];

    public static SystemCall Call(StraceLog log, int index) => (SystemCall)log.Events[index];

    public static TracedProcess Process(History history, int id) => history.Processes.Last(process => process.Id == id);
}
