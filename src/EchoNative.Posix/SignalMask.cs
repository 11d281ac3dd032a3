using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The signal mask. Blocked signals stay pending until a wait of <see cref="Poll"/>; see pthread_sigmask(3).</summary>
public static unsafe class SignalMask
{
    private static bool s_isBlocked;
    private static SignalSet s_unblocked;

    /// <summary>
    /// Blocks the signals in the calling thread and in the runtime's finalizer thread; there are no others. The kernel
    /// delivers a signal for the process to any thread that does not block it: the finalizer thread would run the handler
    /// of SIGCHLD, and the main thread would not wake.
    /// </summary>
    /// <param name="signals">The signals.</param>
    /// <param name="inFinalizerThread">
    /// Further work for the finalizer thread. To wake it takes a garbage collection, so one call does both.
    /// </param>
    /// <returns>The calling thread's mask before the call: the one that the process was started with.</returns>
    /// <exception cref="PosixException">A thread could not block them.</exception>
    public static SignalSet BlockInEveryThread(in SignalSet signals, Action? inFinalizerThread = null)
    {
        SignalSet blocked = signals;
        int error = Apply(LibC.SIG_BLOCK, blocked, out SignalSet original);
        s_unblocked = original.Without(blocked);
        s_isBlocked = error == 0;
        int errorThere = 0;
        FinalizerThread.Run(() =>
        {
            errorThere = Apply(LibC.SIG_BLOCK, blocked, out _);
            inFinalizerThread?.Invoke();
        });

        // A thread that does not block the signals would run handlers in the middle of managed code.
        error = error == 0 ? errorThere : error;
        return error == 0 ? original : throw new PosixException("pthread_sigmask", new Errno(error), "the handled signals");
    }

    /// <summary>
    /// Lets the signals of the last <see cref="BlockInEveryThread"/> in again, in the calling thread. Signals that are pending
    /// are delivered at once. Without such a call it does nothing.
    /// </summary>
    public static void Unblock()
    {
        if (s_isBlocked)
        {
            Set(s_unblocked);
        }
    }

    /// <summary>
    /// Sets the mask of the calling thread. It can't fail: the only error is an invalid <c>how</c>. A child calls this, too.
    /// </summary>
    public static void Set(in SignalSet mask) => _ = Apply(LibC.SIG_SETMASK, mask, out _);

    /// <summary>
    /// Runs the handlers of pending signals that are not in the mask, for a wait that could not do it.
    /// </summary>
    internal static void LetIn(in SignalSet mask)
    {
        _ = Apply(LibC.SIG_SETMASK, mask, out SignalSet original);
        _ = Apply(LibC.SIG_SETMASK, original, out _);
    }

    // pthread_sigmask(3) returns the error and does not set errno.
    private static int Apply(int how, in SignalSet signals, out SignalSet original)
    {
        sigset_t set = signals.Value;
        sigset_t old = default;
        int error = Libc.pthread_sigmask(how, &set, &old);
        original = SignalSet.FromMask(&old);
        return error;
    }
}
