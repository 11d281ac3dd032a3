using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;

namespace EchoNative.Testing;

/// <summary>gdb, which makes a process do what an attacker could make it do who has taken it over.</summary>
public static class Debugger
{
    private static readonly bool s_isArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // The registers that hold the number, the result and the arguments of a system call.
    private static readonly string s_number = s_isArm64 ? "$x8" : "$rax";
    private static readonly string s_result = s_isArm64 ? "$x0" : "$rax";
    private static readonly string[] s_arguments =
        s_isArm64 ? ["$x0", "$x1", "$x2", "$x3", "$x4", "$x5"] : ["$rdi", "$rsi", "$rdx", "$r10", "$r8", "$r9"];

    // The length of the instruction that makes a system call, in bytes.
    private static readonly int s_instructionLength = s_isArm64 ? 4 : 2;

    private static readonly string s_readNumber = s_isArm64 ? "63" : "0";

    /// <summary>Makes a process that sleeps in read(2) make another system call instead, and then kills it.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="number">The number of the call.</param>
    /// <param name="arguments">Its arguments. The missing ones are zero.</param>
    /// <returns>The output of gdb: <c>result = N</c>, or the signal that ended the process.</returns>
    public static string Call(int processId, long number, params ReadOnlySpan<long> arguments)
    {
        WaitUntilItReads(processId);
        List<string> commands = [$"set $pc = $pc - {s_instructionLength}", $"set {s_number} = {number}"];
        for (int place = 0; place < s_arguments.Length; place++)
        {
            commands.Add($"set {s_arguments[place]} = {(place < arguments.Length ? arguments[place] : 0)}");
        }

        return Run(processId, [.. commands, "stepi", $"printf \"result = %ld\\n\", {s_result}", "kill"]);
    }

    /// <summary>The registers of the next child that a process forks, at the child's first system call of this name.</summary>
    /// <param name="parentId">The process.</param>
    /// <param name="call">The name of the call.</param>
    /// <param name="fork">Makes the process fork.</param>
    public static string RegistersOfNextChild(int parentId, string call, Action fork)
    {
        using RunningProgram gdb = new(
            "gdb",
            Arguments(parentId, ["set follow-fork-mode child", $"catch syscall {call}", "continue", "info all-registers"]));
        Deadline.WaitUntil(
            () => gdb.HasExited
                || (gdb.Output.Contains("Catchpoint 1", StringComparison.Ordinal) && ProcessTable.StateOf(parentId) == 'S'),
            "the debugger waits for a fork",
            () => gdb.Transcript);
        fork();
        _ = gdb.WaitForExit();
        return gdb.Transcript;
    }

    private static void WaitUntilItReads(int processId) =>
        Deadline.WaitUntil(
            () => File.ReadAllText($"/proc/{processId}/syscall").StartsWith(s_readNumber + " ", StringComparison.Ordinal),
            $"process {processId} sleeps in read(2)");

    private static string Run(int processId, IEnumerable<string> commands)
    {
        using RunningProgram gdb = new("gdb", Arguments(processId, commands));
        _ = gdb.WaitForExit();
        return gdb.Transcript;
    }

    private static List<string> Arguments(int processId, IEnumerable<string> commands)
    {
        List<string> arguments = ["-nx", "-batch", "-p", $"{processId}", "-ex", "set confirm off", "-ex", "set pagination off"];
        foreach (string command in commands)
        {
            arguments.AddRange(["-ex", command]);
        }

        return arguments;
    }
}
