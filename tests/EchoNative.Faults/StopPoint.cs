using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>Stops a process at the point from which its calls are counted.</summary>
internal static class StopPoint
{
    // The first call that Main makes: it checks whether descriptor 0 is open.
    private const string FirstOfMain = "fcntl";

    // The first call that a forked child makes. The parent may make it too, and is then continued.
    private const string FirstOfChild = "getpid";

    /// <summary>Starts a program and stops it after the first call that Main makes.</summary>
    public static RunningProgram StopAtMain(string path, params IEnumerable<string> arguments)
    {
        string file = Path.GetTempFileName();
        string[] strace = ["-D", "-f", "-e", $"trace={FirstOfMain}", "-e", StopAt(FirstOfMain), "-o", file, "--"];
        RunningProgram program = new("strace", [.. strace, path, .. arguments]);
        try
        {
            Deadline.WaitUntil(
                () => File.ReadLines(file).Any(line => IsStop(line, program.Id)),
                "the program reaches Main",
                () => program.Transcript);
            string tracer = ProcessTable.StatusOf(program.Id, "TracerPid");
            RunningProgram.Send(int.Parse(tracer, CultureInfo.InvariantCulture), "KILL");
            WaitUntilDetached(program.Id);
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

    /// <summary>Makes a process fork, and stops the child after its first call.</summary>
    /// <param name="parent">The process, which is running or stopped.</param>
    /// <param name="fork">Makes the process fork.</param>
    /// <returns>The process id of the child, which is stopped and not traced.</returns>
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
                    // The parent has made the call itself.
                    RunningProgram.Send(parent, "CONT");
                }

                return child != 0;
            },
            "a child is forked",
            () => $"{ProcessTable.StateOf(parent)}\n{tracer.Read()}");
        Deadline.WaitUntil(
            () => tracer.Read().Events.Any(one =>
                one.ProcessId == child && one.Text.Contains("stopped by", StringComparison.Ordinal)),
            "the child stops");
        tracer.Detach();
        WaitUntilDetached(child);
        return child;
    }

    private static string StopAt(string call) => $"inject={call}:signal=SIGSTOP:when=1";

    // strace pads short process ids with spaces.
    private static bool IsStop(string line, int processId) =>
        line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{processId} "), StringComparison.Ordinal)
        && line.Contains("--- stopped", StringComparison.Ordinal);

    private static void WaitUntilDetached(int processId) =>
        Deadline.WaitUntil(
            () => ProcessTable.StatusOf(processId, "TracerPid") == "0" && ProcessTable.StateOf(processId) == 'T',
            "strace detaches");
}
