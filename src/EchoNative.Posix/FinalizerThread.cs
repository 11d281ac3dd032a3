using System;
using System.Runtime.CompilerServices;

namespace EchoNative.Posix;

/// <summary>
/// The runtime's only other thread. It sleeps for ever; what each thread must do for itself, such as giving up
/// rights, it is woken to do by an object that has become garbage.
/// </summary>
public static class FinalizerThread
{
    private static Action? s_work;

    /// <summary>Lets it do something, and waits until it has. The work must not throw.</summary>
    public static void Run(Action work)
    {
        s_work = work;
        CreateGarbage();
        GC.Collect(generation: 0);
        GC.WaitForPendingFinalizers();
    }

    // A call of its own, never inlined: in the caller's frame the reference could live on and keep the
    // object from the collector.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CreateGarbage() => _ = new Visitor();

    /// <summary>The only code of this program that runs on that thread.</summary>
    private sealed class Visitor
    {
        ~Visitor() => s_work?.Invoke();
    }
}
