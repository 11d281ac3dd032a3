using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>
/// Goes through the log in the order in which its calls took effect, and does to its own tables what the kernel did.
/// </summary>
internal sealed class Replay
{
    private static readonly HashSet<string> s_waiting =
    [
        "accept", "accept4", "read", "readv", "recv", "recvfrom", "recvmsg", "poll", "ppoll", "select", "pselect6", "epoll_wait",
        "epoll_pwait", "epoll_pwait2", "wait4", "waitid", "pause", "nanosleep", "clock_nanosleep", "rt_sigsuspend", "rt_sigtimedwait",
        "sigsuspend", "futex", "splice",
    ];

    private readonly Dictionary<int, TracedProcess> _byTask = [];
    private readonly List<TracedProcess> _processes = [];
    private readonly List<OpenFile> _files = [];
    private readonly List<Step> _steps = [];
    private readonly DescriptorCalls _descriptorCalls;

    private Replay() => _descriptorCalls = new DescriptorCalls(_files, _steps);

    public static History Run(StraceLog log)
    {
        Replay replay = new();
        foreach (LogEvent one in log.Events.OrderBy(EffectOf))
        {
            replay.Play(one);
        }

        int number = 0;
        foreach (OpenFile file in replay._files.Where(file => file.IsDrawn))
        {
            file.Number = ++number;
        }

        return new History(log, replay._processes, replay._files, replay._steps);
    }

    // What takes something away, or makes a process, has its effect no later than the next line of anybody; what
    // brings something has it when it returns.
    private static Moment EffectOf(LogEvent one) => one switch
    {
        SystemCall call when IsFork(call) || call.Name is "close" or "close_range" or "shutdown" or "exit" or "exit_group" => call.Begin,
        SystemCall call when s_waiting.Contains(call.Name) => call.End,
        SystemCall call => call.End with { Time = call.End.Line == call.Begin.Line ? call.Begin.Time : call.End.Time },
        _ => one.Begin,
    };

    private static bool IsFork(SystemCall call) => call.Name is "fork" or "vfork" or "clone" or "clone3";

    private void Play(LogEvent one)
    {
        Moment at = EffectOf(one);
        TracedProcess process = ProcessOf(one.Task, at);
        switch (one)
        {
            case SystemCall call:
                PlayCall(process, call, at);
                break;

            case SignalArrival signal:
                PlaySignal(process, signal);
                break;

            case TaskEnd end:
                PlayEnd(process, end);
                break;
        }
    }

    private TracedProcess ProcessOf(int task, Moment at)
    {
        if (!_byTask.TryGetValue(task, out TracedProcess? process))
        {
            process = new TracedProcess(task, null, at);
            _byTask[task] = process;
            _processes.Add(process);
            _descriptorCalls.GiveStandardStreams(process, at);
        }

        return process;
    }

    private void PlayCall(TracedProcess process, SystemCall call, Moment at)
    {
        if (s_waiting.Contains(call.Name) && call.Task == process.Id && call.End.Time > call.Begin.Time && !IsOnFile(process, call))
        {
            process.Add(new Sleep(call.Begin, call.End, call));
        }

        switch (call.Name)
        {
            case "fork" or "vfork" or "clone" or "clone3":
                PlayFork(process, call, at);
                break;

            case "execve" or "execveat":
                PlayExec(process, call, at);
                break;

            case "exit_group" or "exit" when call.Task == process.Id || call.Name == "exit_group":
                _steps.Add(new Step(at, StepKind.Exit, process, call) { Detail = call.Argument(0) });
                break;

            case "wait4" or "waitpid" or "waitid":
                PlayWait(process, call, at);
                break;

            case "rt_sigaction" or "sigaction" or "signal" when call.Argument(0) is "SIGCHLD" or "SIGCLD" && call.Succeeded:
                PlayHandler(process, call, at);
                break;

            default:
                _descriptorCalls.Play(process, call, at);
                break;
        }
    }

    // Reading a file takes its time and is no sleep.
    private static bool IsOnFile(TracedProcess process, SystemCall call) => call.Name is "read" or "readv"
        && call.DescriptorAt(0) is DescriptorName name
        && process.Table.Find(name.Number)?.File is { Kind: FileKind.Other } file && file.Name.StartsWith('/');

    private void PlayFork(TracedProcess parent, SystemCall call, Moment at)
    {
        if (call.Mentions("CLONE_THREAD"))
        {
            if (call.Value > 0)
            {
                _byTask[call.Value] = parent;
                parent.AddThread(call.Value);
            }

            return;
        }

        if (call.Value <= 0)
        {
            _steps.Add(new Step(at, StepKind.Fork, parent, call) { IsVain = true, Detail = call.Result.Error });
            return;
        }

        // Process ids come around again: the one who had it before is gone.
        TracedProcess child = new(call.Value, parent, at);
        _byTask[call.Value] = child;
        _processes.Add(child);
        parent.Add(child);
        foreach (Descriptor descriptor in parent.Table.All)
        {
            child.Open(descriptor.Number, descriptor.File, DescriptorOrigin.Forked, at).ClosesOnExec = descriptor.ClosesOnExec;
        }

        _steps.Add(new Step(at, StepKind.Fork, parent, call) { Child = child });
    }

    private void PlayExec(TracedProcess process, SystemCall call, Moment at)
    {
        if (!call.Succeeded)
        {
            return;
        }

        string path = call.Argument(call.Name == "execve" ? 0 : 1).Trim('"', '.');
        process.Program = path[(path.LastIndexOf('/') + 1)..];
        process.IgnoresChildren = false;
        foreach (Descriptor descriptor in process.Table.All.Where(one => one.ClosesOnExec))
        {
            process.Table.Remove(descriptor.Number);
            descriptor.Close(at, call);
        }

        _steps.Add(new Step(at, StepKind.Exec, process, call) { Detail = process.Program });
    }

    private void PlayHandler(TracedProcess process, SystemCall call, Moment at)
    {
        if (call.Argument(1) is "NULL")
        {
            return;
        }

        bool isDefault = call.Mentions("SIG_DFL") && !call.Mentions("SA_NOCLDWAIT");
        process.IgnoresChildren = call.Argument(1).Contains("SIG_IGN", StringComparison.Ordinal) || call.Mentions("SA_NOCLDWAIT");
        if (!isDefault)
        {
            _steps.Add(new Step(at, StepKind.Handler, process, call));
        }
    }

    private void PlayWait(TracedProcess process, SystemCall call, Moment at)
    {
        int id = call.Name == "waitid" ? WaitedFor(call) : call.Value;
        bool hasEnded = !call.Mentions("WIFSTOPPED(s)") && !call.Mentions("WIFCONTINUED(s)")
            && !call.Mentions("CLD_STOPPED") && !call.Mentions("CLD_CONTINUED") && !call.Mentions("WNOWAIT");
        TracedProcess? child = id > 0 && hasEnded
            ? process.Children.LastOrDefault(one => one.Id == id && one.Removed is null)
            : null;
        if (child is not null)
        {
            child.Removed = at;
        }

        if (call.Result.Value is not null)
        {
            _steps.Add(new Step(at, StepKind.Wait, process, call) { Child = child, IsVain = id <= 0 });
        }
    }

    private static int WaitedFor(SystemCall call)
    {
        const string Field = "si_pid=";
        string information = call.Argument(2);
        int start = information.IndexOf(Field, StringComparison.Ordinal);
        string digits = start < 0 ? "" : string.Concat(information[(start + Field.Length)..].TakeWhile(char.IsAsciiDigit));
        return call.Succeeded && int.TryParse(digits, out int id) ? id : 0;
    }

    private void PlaySignal(TracedProcess process, SignalArrival signal) =>
        _steps.Add(new Step(signal.At, StepKind.Signal, process, signal)
        {
            Detail = signal.Name,
            Child = signal.Name == "SIGCHLD" ? process.Children.LastOrDefault(one => one.Id == signal.Sender) : null,
        });

    private void PlayEnd(TracedProcess process, TaskEnd end)
    {
        if (!process.EndTask(end))
        {
            return;
        }

        foreach (Descriptor descriptor in process.Table.All)
        {
            process.Table.Remove(descriptor.Number);
            descriptor.Close(end.At, end);
        }

        if (end.IsBySignal)
        {
            _steps.Add(new Step(end.At, StepKind.Killed, process, end) { Detail = end.How["killed by ".Length..] });
        }
    }
}
