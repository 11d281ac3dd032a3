using System.Collections.Generic;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>A process with all its threads.</summary>
/// <param name="id">Its process id.</param>
/// <param name="parent">The process that forked it; null where the log does not show the fork.</param>
/// <param name="start">The fork, or the first line of the process.</param>
internal sealed class TracedProcess(int id, TracedProcess? parent, Moment start)
{
    private readonly List<TracedProcess> _children = [];
    private readonly List<Descriptor> _descriptors = [];
    private readonly List<Sleep> _sleeps = [];
    private readonly HashSet<int> _livingTasks = [id];

    public int Id { get; } = id;

    public TracedProcess? Parent { get; } = parent;

    public Moment Start { get; } = start;

    /// <summary>The name of the program that it runs; empty where the log does not show the execve.</summary>
    public string Program { get; set; } = parent?.Program ?? "";

    /// <summary>The descriptors that are open now.</summary>
    public DescriptorTable Table { get; } = new();

    /// <summary>The children, in the order of the forks.</summary>
    public IReadOnlyList<TracedProcess> Children => _children;

    /// <summary>All descriptors it ever had.</summary>
    public IReadOnlyList<Descriptor> Descriptors => _descriptors;

    public IReadOnlyList<Sleep> Sleeps => _sleeps;

    /// <summary>How many threads it has started.</summary>
    public int Threads { get; private set; }

    /// <summary>When its last thread ended; null where it still runs when the log ends.</summary>
    public Moment? End { get; private set; }

    /// <summary>How it ended, as strace prints it: <c>exited with 0</c>.</summary>
    public string EndText { get; private set; } = "";

    /// <summary>When a wait of its parent removed it from the process table.</summary>
    public Moment? Removed { get; set; }

    /// <summary>Whether the kernel removes it at its end, because its parent ignores SIGCHLD.</summary>
    public bool IsRemovedAtOnce { get; private set; }

    /// <summary>Whether the kernel removes its children at their end: see SIGCHLD and SA_NOCLDWAIT in sigaction(2).</summary>
    public bool IgnoresChildren { get; set; }

    public bool IsAliveAt(Moment moment) => Start <= moment && (End is not Moment end || end > moment);

    public bool IsZombieAt(Moment moment) =>
        End is Moment end && end <= moment && !IsRemovedAtOnce && !(EndOfZombie <= moment);

    /// <summary>When the zombie was removed, or its parent ended; null where it is left when the log ends.</summary>
    public Moment? EndOfZombie => IsRemovedAtOnce ? End : Removed ?? Parent?.End;

    public void Add(TracedProcess child) => _children.Add(child);

    public void Add(Sleep sleep) => _sleeps.Add(sleep);

    public Descriptor Open(int number, OpenFile file, DescriptorOrigin origin, Moment at)
    {
        Descriptor descriptor = new(this, number, file, origin, at);
        file.Add(descriptor);
        _descriptors.Add(descriptor);
        Table.Set(descriptor);
        return descriptor;
    }

    public void AddThread(int task)
    {
        Threads++;
        _ = _livingTasks.Add(task);
    }

    /// <summary>Notes the end of a thread. The process ends with its last thread.</summary>
    /// <returns>Whether the process has ended.</returns>
    public bool EndTask(TaskEnd end)
    {
        if (end.IsByExec)
        {
            _livingTasks.Clear();
            _ = _livingTasks.Add(Id);
            return false;
        }

        _ = _livingTasks.Remove(end.Task);
        if (_livingTasks.Count > 0)
        {
            return false;
        }

        End = end.At;
        EndText = end.How;
        IsRemovedAtOnce = Parent?.IgnoresChildren == true;
        return true;
    }
}

/// <summary>A time during which a process waits inside a call.</summary>
/// <param name="Begin">Where the call begins.</param>
/// <param name="End">Where it returns.</param>
/// <param name="Call">The call.</param>
internal sealed record Sleep(Moment Begin, Moment End, SystemCall Call);
