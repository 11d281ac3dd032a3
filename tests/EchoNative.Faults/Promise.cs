using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>What holds for every program whatever fails.</summary>
internal static class Promise
{
    private const int QuietMilliseconds = 50;

    // What a runtime or a C library says when it gives up.
    private static readonly string[] s_crashWords = ["Unhandled", "   at ", "internal error", "Aborted", "Assert", "FailFast", "unexpected error"];

    /// <summary>Fails with the evidence unless the condition holds.</summary>
    public static void Keep(bool condition, string otherwise, string evidence)
    {
        if (!condition)
        {
            throw new BrokenPromiseException($"{otherwise}\n{evidence}");
        }
    }

    /// <summary>What it said is meant for a person.</summary>
    public static void KeepWords(RunningProgram program) =>
        Keep(!s_crashWords.Any(word => program.Transcript.Contains(word, StringComparison.Ordinal)), "it says what only its makers understand", program.Transcript);

    /// <summary>Of the processes it has had, none is left to be removed or to end.</summary>
    public static void KeepNoChildren(RunningProgram program) =>
        Patience.WaitUntil(
            () => ProcessTable.ChildrenOf(program.Id).Count == 0,
            "all children are removed",
            () => $"{ProcessTable.ZombiesOf(program.Id).Count} zombies\n{program.Transcript}");

    /// <summary>With nobody there, it sleeps, or has ended: it gives the processor back only once, and does not use it.</summary>
    public static void KeepAsleep(RunningProgram program) =>
        Patience.WaitUntil(
            () =>
            {
                (string, string, long)? before = Activity(program.Id);
                Thread.Sleep(QuietMilliseconds);
                return before == Activity(program.Id) && ProcessTable.StateOf(program.Id) is null or 'S' or 't' or 'Z';
            },
            "it sleeps or has ended",
            () => program.Transcript);

    /// <summary>It has the descriptors that it had, and those whose closing strace has kept from happening.</summary>
    public static void KeepDescriptors(RunningProgram program, IReadOnlyDictionary<int, string> before, IEnumerable<SystemCall> calls)
    {
        HashSet<int> unclosed = [.. calls.Where(call => call is { Name: "close", IsInjected: true, Succeeded: false })
            .Select(call => int.Parse(call.FirstArgument, CultureInfo.InvariantCulture))];
        Patience.WaitUntil(
            () => ProcessTable.DescriptorsOf(program.Id).Where(one => !unclosed.Contains(one.Key)).OrderBy(one => one.Key)
                .SequenceEqual(before.OrderBy(one => one.Key)),
            "its descriptors are as before",
            () => $"{string.Join(", ", ProcessTable.DescriptorsOf(program.Id))} in place of {string.Join(", ", before)}\n{program.Transcript}");
    }

    /// <summary>It ends by itself.</summary>
    /// <returns>The exit status; 128 and the number of the signal where one ended it.</returns>
    public static int WaitForEnd(RunningProgram program)
    {
        Patience.WaitUntil(() => program.HasExited, "it ends", () => program.Transcript);
        return program.WaitForExit();
    }

    private static (string, string, long)? Activity(int processId)
    {
        try
        {
            return (
                ProcessTable.StatusOf(processId, "voluntary_ctxt_switches"),
                ProcessTable.StatusOf(processId, "nonvoluntary_ctxt_switches"),
                ProcessTable.TicksOf(processId));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return null; // it has ended
        }
    }
}
