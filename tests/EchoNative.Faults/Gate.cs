using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>Stops a process at the moment from which its calls are to be counted.</summary>
internal static class Gate
{
    /// <summary>The first call that Main makes: looking whether descriptor 0 is open.</summary>
    private const string FirstOfMain = "fcntl";

    /// <summary>The first call that a forked child makes. A parent that makes it as well is let go on.</summary>
    private const string FirstOfChild = "getpid";

    /// <summary>Starts a program and stops it after the first call that Main makes.</summary>
    public static RunningProgram StopAtMain(string path, params IEnumerable<string> arguments)
    {
        string file = Path.GetTempFileName();
        RunningProgram program = new(
            "strace", ["-D", "-f", "-e", $"trace={FirstOfMain}", "-e", StopAt(FirstOfMain), "-o", file, "--", path, .. arguments]);
        try
        {
            Deadline.WaitUntil(
                () => File.ReadLines(file).Any(line => IsStop(line, program.Id)), "the program comes to Main", () => program.Transcript);
            RunningProgram.Send(int.Parse(ProcessTable.StatusOf(program.Id, "TracerPid"), CultureInfo.InvariantCulture), "KILL");
            WaitUntilLetGo(program.Id);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Has the next child of a process stopped at its birth.</summary>
    /// <param name="parent">The process, which is running or stopped.</param>
    /// <param name="fork">What brings it to fork.</param>
    /// <returns>The child.</returns>
    public static int StopNextChild(int parent, Action fork)
    {
        using Tracer tracer = new(parent, "-f", StopAt(FirstOfChild));
        fork();
        int child = 0;
        Deadline.WaitUntil(
            () =>
            {
                child = ProcessTable.ChildrenOf(parent).FirstOrDefault(id => ProcessTable.StateOf(id) == 't');
                if (child == 0 && ProcessTable.StateOf(parent) == 't')
                {
                    // The parent has made that call itself.
                    RunningProgram.Send(parent, "CONT");
                }

                return child != 0;
            },
            "a child is born",
            () => $"{ProcessTable.StateOf(parent)}\n{tracer.Read()}");
        Deadline.WaitUntil(() => tracer.Read().Events.Any(one => one.ProcessId == child && one.Text.Contains("stopped by", StringComparison.Ordinal)), "the child stops");
        tracer.Detach();
        WaitUntilLetGo(child);
        return child;
    }

    private static string StopAt(string call) => $"inject={call}:signal=SIGSTOP:when=1";

    // strace pads short numbers.
    private static bool IsStop(string line, int processId) =>
        line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{processId} "), StringComparison.Ordinal)
        && line.Contains("--- stopped", StringComparison.Ordinal);

    private static void WaitUntilLetGo(int processId) =>
        Deadline.WaitUntil(
            () => ProcessTable.StatusOf(processId, "TracerPid") == "0" && ProcessTable.StateOf(processId) == 'T', "strace lets go");
}
