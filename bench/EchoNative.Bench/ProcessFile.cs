using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace EchoNative.Bench;

/// <summary>What /proc says about processes; see proc(5).</summary>
internal static class ProcessFile
{
    /// <summary>One field of a file whose lines are <c>Name: value</c>.</summary>
    public static string ReadField(string path, string field) =>
        File.ReadLines(path).First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    /// <summary>One such field that is an amount of memory, in KiB.</summary>
    public static double ReadKibibytes(string path, string field) =>
        double.Parse(ReadField(path, field).Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>How many descriptors a process has open.</summary>
    public static int CountDescriptors(int processId) => Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count();

    /// <summary>The children of a process, dead ones that were not removed included.</summary>
    public static IReadOnlyList<int> ChildrenOf(int processId)
    {
        // One small file, where the kernel has it; otherwise everybody is asked for their parent.
        string children = $"/proc/{processId}/task/{processId}/children";
        return File.Exists(children)
            ? [.. File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseId)]
            : [.. Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)!)
                .Where(name => char.IsAsciiDigit(name[0])).Select(ParseId).Where(id => ParentOf(id) == processId)];
    }

    /// <summary>The fields of /proc/PID/stat from the third on: the state is the first here.</summary>
    public static string[] ReadStat(int processId)
    {
        // The name is in parentheses and may hold anything, so the fields are counted from behind it.
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static int ParentOf(int processId)
    {
        try
        {
            return ParseId(ReadStat(processId)[1]);
        }
        catch (IOException)
        {
            return -1; // it has gone meanwhile
        }
    }

    private static int ParseId(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
