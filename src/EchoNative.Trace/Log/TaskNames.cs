using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Trace.Log;

/// <summary>
/// Finds the task of each line. Without <c>-o</c>, strace prints no number as long as there is one task only. That task has
/// the number 0 until a later line shows its real number.
/// </summary>
internal sealed class TaskNames
{
    /// <summary>The number of the first task as long as its real number is not known.</summary>
    public const int Unnamed = 0;

    private readonly HashSet<int> _attached = [];
    private readonly HashSet<int> _living = [];
    private bool _hasUnnamed;

    /// <summary>The real number of the task that had the number 0 at first; 0 as long as it is not known.</summary>
    public int First { get; private set; }

    /// <summary>Notes a new task, which strace has announced by <c>strace: Process N attached</c>.</summary>
    public void Attach(int task)
    {
        _ = _attached.Add(task);
        _ = _living.Add(task);
    }

    /// <summary>Notes the end of a task.</summary>
    public void End(int task) => _living.Remove(task);

    /// <summary>The task of a line.</summary>
    /// <param name="named">The number in the line, or null.</param>
    /// <param name="mayBeChild">
    /// Whether the task without a number is inside a call that makes a task, so that a new number belongs to its child.
    /// </param>
    public int Find(int? named, bool mayBeChild)
    {
        int task = named ?? (_living.Count == 1 ? _living.Single() : First);
        _hasUnnamed |= task == Unnamed;
        if (named is int number && _hasUnnamed && First == Unnamed && !_attached.Contains(number) && !mayBeChild)
        {
            First = number;
            _ = _living.Remove(Unnamed);
        }

        _ = _living.Add(task);
        return task;
    }
}
