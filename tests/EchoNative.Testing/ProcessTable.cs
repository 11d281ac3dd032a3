using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>What /proc says about processes; see proc(5).</summary>
public static class ProcessTable
{
    /// <summary>The children of a process, dead ones that were not removed included.</summary>
    public static IReadOnlyList<int> ChildrenOf(int processId) =>
        [.. Processes().Where(id => Stat(id) is { } stat && stat.Parent == processId)];

    /// <summary>The children of a process, theirs, and so on.</summary>
    public static IReadOnlyList<int> DescendantsOf(int processId) =>
        [.. ChildrenOf(processId).SelectMany(child => DescendantsOf(child).Prepend(child))];

    /// <summary>The children that have ended and were not removed.</summary>
    public static IReadOnlyList<int> ZombiesOf(int processId) =>
        [.. Processes().Where(id => Stat(id) is { State: 'Z' } stat && stat.Parent == processId)];

    /// <summary>Its threads, the first one included; their numbers can be asked for like those of processes.</summary>
    public static IReadOnlyList<int> ThreadsOf(int processId) =>
        [.. Directory.GetDirectories($"/proc/{processId}/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];

    /// <summary>Whether the process exists, dead ones that were not removed included.</summary>
    public static bool Exists(int processId) => Directory.Exists($"/proc/{processId}");

    /// <summary>Its open descriptors with what they lead to, such as <c>socket:[1234]</c>.</summary>
    public static IReadOnlyDictionary<int, string> DescriptorsOf(int processId)
    {
        Dictionary<int, string> found = [];
        foreach (string path in Directory.GetFileSystemEntries($"/proc/{processId}/fd"))
        {
            if (new FileInfo(path).LinkTarget is string target)
            {
                found.Add(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), target);
            }
        }

        return found;
    }

    /// <summary>The limit of descriptors that leaves it so many; see prlimit(2): numbers from there on are not given out.</summary>
    public static int DescriptorLimitOf(int processId, int room) =>
        Enumerable.Range(0, int.MaxValue).Except(DescriptorsOf(processId).Keys).ElementAt(room);

    /// <summary>
    /// Waits until a process has these descriptors and no others. A child may serve its client before the parent, which
    /// the kernel runs when it likes, has closed its own copy of the client's.
    /// </summary>
    public static void WaitForDescriptors(int processId, IReadOnlyList<int> expected) =>
        Deadline.WaitUntil(
            () => DescriptorsOf(processId).Keys.Order().SequenceEqual(expected),
            $"process {processId} has the descriptors {string.Join(", ", expected)} and no others",
            () => string.Join('\n', DescriptorsOf(processId)));

    /// <summary>One field of /proc/PID/status, such as <c>SigBlk</c>.</summary>
    public static string StatusOf(int processId, string field) =>
        File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    /// <summary>The processor time it has used, user and system, in clock ticks of 1/100 s.</summary>
    public static long TicksOf(int processId)
    {
        const int UserTime = 11;
        string[] fields = FieldsAfterName(processId) ?? throw new InvalidOperationException($"process {processId} has gone");
        return long.Parse(fields[UserTime], CultureInfo.InvariantCulture)
            + long.Parse(fields[UserTime + 1], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Waits until a process is at rest, with all its threads and children: for half a second the kernel need not wake
    /// one of them, nor does one run. One that spins, or looks again and again, is never at rest.
    /// </summary>
    public static void WaitForRest(int processId)
    {
        const int Milliseconds = 500;
        Deadline.WaitUntil(
            () =>
            {
                string before = WakeUpsOf(processId);
                Thread.Sleep(Milliseconds);
                return before == WakeUpsOf(processId);
            },
            $"process {processId} is at rest",
            () => WakeUpsOf(processId));
    }

    /// <summary>
    /// How many page faults it has taken that needed no reading from a disk, together with those of all children
    /// that it has removed.
    /// </summary>
    public static long MinorFaultsOf(int processId)
    {
        const int Own = 7;
        const int Children = 8;
        string[] fields = FieldsAfterName(processId) ?? throw new InvalidOperationException($"process {processId} has gone");
        return long.Parse(fields[Own], CultureInfo.InvariantCulture) + long.Parse(fields[Children], CultureInfo.InvariantCulture);
    }

    /// <summary>Its state, such as S for sleeping and Z for a zombie; null when it has gone.</summary>
    public static char? StateOf(int processId) => Stat(processId)?.State;

    // How often each thread went to sleep of itself, and how long all have run.
    private static string WakeUpsOf(int processId) =>
        string.Join(
            '\n',
            DescendantsOf(processId).Prepend(processId).SelectMany(
                id => ThreadsOf(id).Select(thread => $"{thread}: {SwitchesOf(thread)}").Append($"{TicksOf(id)} ticks")));

    // A thread of the runtime may end at any time.
    private static string SwitchesOf(int threadId)
    {
        try
        {
            return StatusOf(threadId, "voluntary_ctxt_switches");
        }
        catch (IOException)
        {
            return "gone";
        }
    }

    private static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static (char State, int Parent)? Stat(int processId) =>
        FieldsAfterName(processId) is { } fields ? (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture)) : null;

    // The name is in parentheses and may hold anything, so the fields are counted from behind it.
    private static string[]? FieldsAfterName(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
