using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>Some fields of /proc/PID/stat; see proc_pid_stat(5).</summary>
/// <param name="State">The state, such as S for sleeping and Z for a zombie.</param>
/// <param name="ParentId">The process id of the parent.</param>
/// <param name="Ticks">The processor time it has used, user and system, in clock ticks of 1/100 s.</param>
/// <param name="ChildTicks">The processor time of the children that it has waited for, in clock ticks.</param>
/// <param name="MinorFaults">Its page faults that needed no reading from a disk.</param>
/// <param name="ChildMinorFaults">The minor page faults of the children that it has waited for.</param>
public readonly record struct ProcessStat(
    char State, int ParentId, long Ticks, long ChildTicks, long MinorFaults, long ChildMinorFaults);

/// <summary>What /proc says about processes; see proc(5).</summary>
public static class ProcessTable
{
    private static readonly bool s_hasChildrenFiles =
        File.Exists(
            string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/task/{Environment.ProcessId}/children"));

    /// <summary>The children of a process, zombies included. It has none if the process does not exist.</summary>
    /// <remarks>
    /// A child that is removed during the reading may hide others. An empty list is certain, and so is any list while no
    /// child is removed.
    /// </remarks>
    public static IReadOnlyList<int> ChildrenOf(int processId) =>
        s_hasChildrenFiles
            ? [.. ThreadsOf(processId).SelectMany(thread => ReadChildren(processId, thread))]
            : [.. Processes().Where(id => StatOf(id)?.ParentId == processId)]; // a kernel without CONFIG_PROC_CHILDREN

    /// <summary>The children of a process, their children, and so on.</summary>
    public static IReadOnlyList<int> DescendantsOf(int processId) =>
        [.. ChildrenOf(processId).SelectMany(child => DescendantsOf(child).Prepend(child))];

    /// <summary>The children that have ended and were not removed.</summary>
    public static IReadOnlyList<int> ZombiesOf(int processId) =>
        [.. ChildrenOf(processId).Where(id => StateOf(id) == 'Z')];

    /// <summary>The ids of its threads, which can be used like process ids. Empty if it does not exist.</summary>
    public static IReadOnlyList<int> ThreadsOf(int processId)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{processId}/task").Select(path => ParseId(Path.GetFileName(path)))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Whether the process exists. A zombie does.</summary>
    public static bool Exists(int processId) => Directory.Exists($"/proc/{processId}");

    /// <summary>Its open descriptors, each with what it refers to, such as <c>socket:[1234]</c>.</summary>
    public static IReadOnlyDictionary<int, string> DescriptorsOf(int processId)
    {
        Dictionary<int, string> found = [];
        foreach (string path in Directory.GetFileSystemEntries($"/proc/{processId}/fd"))
        {
            if (new FileInfo(path).LinkTarget is string target)
            {
                found.Add(ParseId(Path.GetFileName(path)), target);
            }
        }

        return found;
    }

    /// <summary>The limit of descriptors (see prlimit(2)) with which a process can open so many more.</summary>
    public static int DescriptorLimitOf(int processId, int more) =>
        Enumerable.Range(0, int.MaxValue).Except(DescriptorsOf(processId).Keys).ElementAt(more);

    /// <summary>Waits until a process has these descriptors and no others.</summary>
    /// <remarks>
    /// A child may serve its client before its parent has closed its own copy of the connected socket: the kernel decides
    /// which of them runs first.
    /// </remarks>
    public static void WaitForDescriptors(int processId, IReadOnlyList<int> expected) =>
        Deadline.WaitUntil(
            () => DescriptorsOf(processId).Keys.Order().SequenceEqual(expected),
            $"process {processId} has the descriptors {string.Join(", ", expected)} and no others",
            () => string.Join('\n', DescriptorsOf(processId)));

    /// <summary>Whether O_NONBLOCK is set for the open file that a descriptor refers to; see proc_pid_fdinfo(5).</summary>
    public static bool IsNonBlocking(int processId, int descriptor)
    {
        const int NonBlocking = 0x800; // O_NONBLOCK, octal 04000
        return (Convert.ToInt32(ReadField($"/proc/{processId}/fdinfo/{descriptor}", "flags"), 8) & NonBlocking) != 0;
    }

    /// <summary>One field of /proc/PID/status, such as <c>SigBlk</c>.</summary>
    public static string StatusOf(int processId, string field) => ReadField($"/proc/{processId}/status", field);

    /// <summary>One field of a file whose lines have the form <c>Name: value</c>.</summary>
    public static string ReadField(string path, string field) =>
        File.ReadLines(path).First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    /// <summary>One field in KiB of a file whose lines have the form <c>Name: value kB</c>.</summary>
    public static long ReadKibibytes(string path, string field) =>
        long.Parse(ReadField(path, field).Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>/proc/PID/stat; null if the process does not exist.</summary>
    public static ProcessStat? StatOf(int processId)
    {
        // The positions that proc_pid_stat(5) gives, less 3: the first two fields are cut off.
        const int State = 0;
        const int Parent = 1;
        const int MinorFaults = 7;
        const int ChildMinorFaults = 8;
        const int UserTime = 11;
        const int SystemTime = 12;
        const int ChildUserTime = 13;
        const int ChildSystemTime = 14;
        string[] fields;
        try
        {
            // The name in parentheses may hold anything, a parenthesis included: the fields are counted from its end.
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
        return new ProcessStat(
            fields[State][0],
            (int)Number(Parent),
            Number(UserTime) + Number(SystemTime),
            Number(ChildUserTime) + Number(ChildSystemTime),
            Number(MinorFaults),
            Number(ChildMinorFaults));
    }

    /// <summary>Its state, such as S for sleeping and Z for a zombie; null if the process does not exist.</summary>
    public static char? StateOf(int processId) => StatOf(processId)?.State;

    /// <summary>The processor time it has used, user and system, in clock ticks of 1/100 s.</summary>
    public static long TicksOf(int processId) => ExistingStatOf(processId).Ticks;

    /// <summary>Its minor page faults, together with those of the children that it has waited for.</summary>
    public static long MinorFaultsOf(int processId)
    {
        ProcessStat stat = ExistingStatOf(processId);
        return stat.MinorFaults + stat.ChildMinorFaults;
    }

    /// <summary>
    /// Waits until a process is idle, with all its threads and descendants: for half a second none of them runs, nor is
    /// woken by the kernel. A process that spins or polls is never idle.
    /// </summary>
    public static void WaitForIdle(int processId)
    {
        const int Milliseconds = 500;
        Deadline.WaitUntil(
            () =>
            {
                string before = ActivityOf(processId);
                Thread.Sleep(Milliseconds);
                return before == ActivityOf(processId);
            },
            $"process {processId} is idle",
            () => ActivityOf(processId));
    }

    // For each thread, how often it went to sleep by itself; for each process, how long it has run.
    private static string ActivityOf(int processId) =>
        string.Join(
            '\n',
            DescendantsOf(processId).Prepend(processId).SelectMany(
                id => ThreadsOf(id).Select(thread => $"{thread}: {SleepsOf(thread)}").Append($"{TicksOf(id)} ticks")));

    // A thread of the runtime may end at any time.
    private static string SleepsOf(int threadId)
    {
        try
        {
            return StatusOf(threadId, "voluntary_ctxt_switches");
        }
        catch (IOException)
        {
            return "ended";
        }
    }

    private static int[] ReadChildren(int processId, int threadId)
    {
        try
        {
            string children = File.ReadAllText($"/proc/{processId}/task/{threadId}/children");
            return [.. children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseId)];
        }
        catch (IOException)
        {
            return []; // the thread has ended
        }
    }

    private static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)!)
            .Where(name => char.IsAsciiDigit(name[0])).Select(ParseId);

    private static ProcessStat ExistingStatOf(int processId) =>
        StatOf(processId) ?? throw new InvalidOperationException($"process {processId} does not exist");

    private static int ParseId(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
