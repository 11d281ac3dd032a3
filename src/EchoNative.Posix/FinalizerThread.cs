using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// The runtime's finalizer thread, the only thread besides the main one. It sleeps. Some calls act on the calling thread
/// only, such as capset(2); to make them on this thread, too, <see cref="Run"/> wakes it by an object with a finalizer.
/// </summary>
public static class FinalizerThread
{
    private static Action? s_work;

    /// <summary>Runs the work on the finalizer thread and waits until it is done. The work must not throw.</summary>
    public static void Run(Action work)
    {
        s_work = work;
        CreateGarbage();
        GC.Collect(generation: 0);
        GC.WaitForPendingFinalizers();
    }

    // Never inlined: in the caller's frame the reference could stay alive, and the object would not be collected.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CreateGarbage() => _ = new WorkItem();

    /// <summary>Its finalizer is the only code of this program that runs on the finalizer thread.</summary>
    private sealed class WorkItem
    {
        ~WorkItem() => s_work?.Invoke();
    }
}
