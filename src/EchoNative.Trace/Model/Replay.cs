using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>
/// Goes through the log in the order in which its calls took effect, and changes its own tables as the kernel changed its
/// tables. What a call does is in <see cref="SystemCallTable"/>.
/// </summary>
internal sealed class Replay
{
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

    private static Moment EffectOf(LogEvent one) =>
        one is SystemCall call ? EffectOf(call, SystemCallTable.Find(call.Name)) : one.Begin;

    // A call in one line that does not sleep has returned at the time of its line. The time of its end is only a limit.
    private static Moment EffectOf(SystemCall call, CallRow row) =>
        row.Effect == CallEffect.AtBegin || (row.Sleep == SleepKind.None && call.End.Line == call.Begin.Line)
            ? call.Begin
            : call.End;

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
        CallRow row = SystemCallTable.Find(call.Name);
        if (row.Sleep != SleepKind.None
            && call.Task == process.Id
            && call.End.Time > call.Begin.Time
            && !ReadsFile(process, call, row))
        {
            process.Add(new Sleep(call.Begin, call.End, call));
        }

        switch (row.Action)
        {
            case CallAction.Fork:
                PlayFork(process, call, at);
                break;

            case CallAction.Exec:
                PlayExec(process, call, row, at);
                break;

            case CallAction.ExitThread when call.Task != process.Id:
                break;

            case CallAction.ExitThread or CallAction.ExitProcess:
                _steps.Add(new Step(at, StepKind.Exit, process, call) { Detail = call.Argument(0) });
                break;

            case CallAction.Wait:
                PlayWait(process, call, at);
                break;

            case CallAction.SetHandler when call.Argument(0) is "SIGCHLD" or "SIGCLD" && call.Succeeded:
                PlayHandler(process, call, at);
                break;

            default:
                _descriptorCalls.Play(process, call, row, at);
                break;
        }
    }

    // Reading from a disk takes time, but the process does not wait for anybody.
    private static bool ReadsFile(TracedProcess process, SystemCall call, CallRow row) =>
        row.Descriptors.FirstOrDefault(argument => argument.Use == DescriptorUse.Read) is DescriptorArgument from
        && call.DescriptorAt(from.Index) is DescriptorName name
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
            _steps.Add(new Step(at, StepKind.Fork, parent, call) { Failed = true, Detail = call.Result.Error });
            return;
        }

        // The kernel may give the process id of an ended process to a new one.
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

    private void PlayExec(TracedProcess process, SystemCall call, CallRow row, Moment at)
    {
        if (!call.Succeeded)
        {
            return;
        }

        string path = call.Argument(row.Path ?? 0).Trim('"', '.');
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
        int id = call.Value > 0 ? call.Value : IdInSignalInformation(call);
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
            _steps.Add(new Step(at, StepKind.Wait, process, call) { Child = child, Failed = id <= 0 });
        }
    }

    // waitid(2) returns 0 and stores the process id in its third argument. With -Y, strace annotates it like a descriptor.
    private static int IdInSignalInformation(SystemCall call) =>
        call.Succeeded ? StraceGrammar.ParseDescriptor(StraceGrammar.ParseField(call.Argument(2), "si_pid"))?.Number ?? 0 : 0;

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
