using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>A program did something that no fault may lead to.</summary>
internal sealed class InvariantViolationException : Exception
{
    public InvariantViolationException()
    {
    }

    public InvariantViolationException(string message)
        : base(message)
    {
    }

    public InvariantViolationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Checks what must hold for every program under every fault.</summary>
internal static class Invariant
{
    private const int QuietMilliseconds = 50;

    // Words of a runtime or a C library that gives up. A user must never see them.
    private static readonly string[] s_crashWords =
        ["Unhandled", "   at ", "internal error", "Aborted", "Assert", "FailFast", "unexpected error"];

    /// <summary>Checks a condition.</summary>
    /// <exception cref="InvariantViolationException">The condition is false.</exception>
    public static void Check(bool condition, string otherwise, string evidence)
    {
        if (!condition)
        {
            throw new InvariantViolationException($"{otherwise}\n{evidence}");
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <exception cref="InvariantViolationException">It does not hold within <see cref="Deadline.Long"/>: it hangs.</exception>
    public static void WaitUntil(Func<bool> condition, string what, Func<string> evidence)
    {
        if (!Deadline.Holds(condition, Deadline.Long))
        {
            throw new InvariantViolationException($"waited {Deadline.Long.TotalSeconds} s in vain until {what}\n{evidence()}");
        }
    }

    /// <summary>Checks that no output of the program looks like a crash.</summary>
    public static void CheckMessages(RunningProgram program) =>
        Check(
            !s_crashWords.Any(word => program.Transcript.Contains(word, StringComparison.Ordinal)),
            "it prints what only a programmer understands",
            program.Transcript);

    /// <summary>Checks that all children of the program end and are removed.</summary>
    public static void CheckNoChildren(RunningProgram program) =>
        WaitUntil(
            () => ProcessTable.ChildrenOf(program.Id).Count == 0,
            "all children are removed",
            () => $"{ProcessTable.ZombiesOf(program.Id).Count} zombies\n{program.Transcript}");

    /// <summary>Checks that the program, without clients, sleeps without waking up, or has ended.</summary>
    public static void CheckSleeps(RunningProgram program) =>
        WaitUntil(
            () =>
            {
                (string, string, long)? before = ActivityOf(program.Id);
                Thread.Sleep(QuietMilliseconds);
                return before == ActivityOf(program.Id) && ProcessTable.StateOf(program.Id) is null or 'S' or 't' or 'Z';
            },
            "it sleeps or has ended",
            () => program.Transcript);

    /// <summary>
    /// Checks that the program has the same descriptors as before. Those whose close(2) strace has suppressed may be
    /// left over.
    /// </summary>
    public static void CheckDescriptors(
        RunningProgram program, IReadOnlyDictionary<int, string> before, IEnumerable<SystemCall> calls)
    {
        HashSet<int> unclosed =
        [
            .. calls.Where(call => call is { Name: "close", IsInjected: true, Succeeded: false })
                .Select(call => int.Parse(call.FirstArgument, CultureInfo.InvariantCulture)),
        ];
        WaitUntil(
            () => ProcessTable.DescriptorsOf(program.Id)
                .Where(one => !unclosed.Contains(one.Key))
                .OrderBy(one => one.Key)
                .SequenceEqual(before.OrderBy(one => one.Key)),
            "its descriptors are as before",
            () => $"{string.Join(", ", ProcessTable.DescriptorsOf(program.Id))} in place of {string.Join(", ", before)}\n"
                + program.Transcript);
    }

    /// <summary>Waits until the program has ended by itself.</summary>
    /// <returns>The exit status; 128 plus the number of the signal if a signal ended it.</returns>
    public static int WaitForEnd(RunningProgram program)
    {
        WaitUntil(() => program.HasExited, "it ends", () => program.Transcript);
        return program.WaitForExit();
    }

    private static (string, string, long)? ActivityOf(int processId)
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
