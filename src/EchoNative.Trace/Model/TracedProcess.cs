using System.Collections.Generic;
using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>A process with all its threads.</summary>
/// <param name="id">Its process id.</param>
/// <param name="parent">Who forked it; null where the log does not tell.</param>
/// <param name="start">The fork, or its first line.</param>
internal sealed class TracedProcess(int id, TracedProcess? parent, Moment start)
{
    private readonly List<TracedProcess> _children = [];
    private readonly List<Descriptor> _descriptors = [];
    private readonly List<Sleep> _sleeps = [];
    private readonly HashSet<int> _livingTasks = [id];

    public int Id { get; } = id;

    public TracedProcess? Parent { get; } = parent;

    public Moment Start { get; } = start;

    /// <summary>The name of the program it runs; empty where the log does not tell.</summary>
    public string Program { get; set; } = parent?.Program ?? "";

    /// <summary>The descriptors that are open now, by their number.</summary>
    public DescriptorTable Table { get; } = new();

    /// <summary>The children, in the order of the forks.</summary>
    public IReadOnlyList<TracedProcess> Children => _children;

    /// <summary>All descriptors it ever had.</summary>
    public IReadOnlyList<Descriptor> Descriptors => _descriptors;

    public IReadOnlyList<Sleep> Sleeps => _sleeps;

    /// <summary>How many threads it has beside its first one, or had.</summary>
    public int Threads { get; private set; }

    /// <summary>When its last thread ended; null where it goes on when the log ends.</summary>
    public Moment? End { get; private set; }

    /// <summary>How it ended, in the words of strace: <c>exited with 0</c>.</summary>
    public string EndText { get; private set; } = "";

    /// <summary>When a wait of its parent removed it from the process table.</summary>
    public Moment? Removed { get; set; }

    /// <summary>Whether it does not become a zombie, since its parent ignores SIGCHLD.</summary>
    public bool IsRemovedAtOnce { get; private set; }

    /// <summary>Whether children of it become no zombies.</summary>
    public bool IgnoresChildren { get; set; }

    public bool IsAliveAt(Moment moment) => Start <= moment && (End is not Moment end || end > moment);

    public bool IsZombieAt(Moment moment) =>
        End is Moment end && end <= moment && !IsRemovedAtOnce && !(EndOfZombie <= moment);

    /// <summary>When the zombie went: removed by the parent, or with it; null where it is there when the log ends.</summary>
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

    /// <summary>A thread ends. With the last one the process does.</summary>
    /// <returns>Whether it was the last one.</returns>
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
