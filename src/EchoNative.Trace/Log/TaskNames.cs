using System.Collections.Generic;
using System.Linq;

namespace EchoNative.Trace.Log;

/// <summary>
/// Finds out whose a line is. strace without <c>-o</c> names no task as long as there is one only; the first is then
/// called 0 until its number turns up.
/// </summary>
internal sealed class TaskNames
{
    /// <summary>The first task, as long as its number is not known.</summary>
    public const int Nameless = 0;

    private readonly HashSet<int> _attached = [];
    private readonly HashSet<int> _living = [];
    private bool _hasNameless;

    /// <summary>The number of the task that was called 0 at first; 0 where it never turned up.</summary>
    public int First { get; private set; }

    /// <summary>strace has said that it follows a new task.</summary>
    public void Attach(int task)
    {
        _ = _attached.Add(task);
        _ = _living.Add(task);
    }

    /// <summary>A task has ended.</summary>
    public void End(int task) => _living.Remove(task);

    /// <summary>Whose the line is.</summary>
    /// <param name="named">The number in the line, or null.</param>
    /// <param name="mayBeChild">Whether the task without a number is inside a call that makes a task, so that a new number is its child's.</param>
    public int Find(int? named, bool mayBeChild)
    {
        int task = named ?? (_living.Count == 1 ? _living.Single() : First);
        _hasNameless |= task == Nameless;
        if (named is int number && _hasNameless && First == Nameless && !_attached.Contains(number) && !mayBeChild)
        {
            First = number;
            _ = _living.Remove(Nameless);
        }

        _ = _living.Add(task);
        return task;
    }
}
