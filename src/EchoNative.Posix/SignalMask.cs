using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>The signals that are blocked: they stay pending until a wait lets them in; see pthread_sigmask(3).</summary>
public static unsafe class SignalMask
{
    /// <summary>
    /// Blocks the signals in the calling thread and in the runtime's finalizer thread, which are all the
    /// threads there are. A signal for the process is delivered to any thread that does not block it:
    /// were the finalizer thread open to SIGCHLD, it would run the handler while main sleeps on.
    /// </summary>
    /// <param name="signals">The signals.</param>
    /// <param name="inFinalizerThread">What else that thread is to do, since waking it takes a collection.</param>
    /// <returns>The mask that was in force, the one the process was started with.</returns>
    /// <exception cref="PosixException">A thread could not block them.</exception>
    public static SignalSet BlockInEveryThread(in SignalSet signals, Action? inFinalizerThread = null)
    {
        SignalSet blocked = signals;
        int error = Apply(LibC.SIG_BLOCK, blocked, out SignalSet original);
        int errorThere = 0;
        FinalizerThread.Run(() =>
        {
            errorThere = Apply(LibC.SIG_BLOCK, blocked, out _);
            inFinalizerThread?.Invoke();
        });

        // Open to the signals, a thread would run handlers in the middle of managed code.
        error = error == 0 ? errorThere : error;
        return error == 0 ? original : throw new PosixException("pthread_sigmask", new Errno(error), "the handled signals");
    }

    /// <summary>
    /// Puts a mask in force for the calling thread. It fails for nothing that can be passed here; a child calls this,
    /// and has nobody to tell.
    /// </summary>
    public static void Set(in SignalSet mask) => _ = Apply(LibC.SIG_SETMASK, mask, out _);

    // Unlike most functions, it returns the error.
    private static int Apply(int how, in SignalSet signals, out SignalSet original)
    {
        sigset_t set = signals.Value;
        sigset_t old = default;
        int error = Libc.pthread_sigmask(how, &set, &old);
        original = SignalSet.FromMask(&old);
        return error;
    }
}
