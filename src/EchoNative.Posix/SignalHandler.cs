using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>
/// Sets what happens when a signal arrives: its disposition; see sigaction(2) and signal(7).
/// </summary>
/// <remarks>
/// A handler that interrupted managed code would end the process: the thread would enter the runtime a second time. So
/// every handled signal stays blocked (<see cref="SignalMask"/>) except inside the waits of <see cref="Poll"/>, where the
/// thread is in the kernel. For that reason a handler may do whatever ordinary code may.
/// </remarks>
public static unsafe class SignalHandler
{
    private static readonly Action<Signal>?[] s_actions = new Action<Signal>?[SignalSet.HighestSignal + 1];

    /// <summary>
    /// Runs <paramref name="action"/> whenever the signal arrives during a wait of <see cref="Poll"/>. The signal must be
    /// blocked in every thread, and the action must not throw.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="handled">
    /// All signals that have handlers. They are blocked while the action runs, because the action is managed code that a
    /// second handler must not interrupt.
    /// </param>
    /// <param name="action">What to do.</param>
    /// <exception cref="PosixException">sigaction(2) failed.</exception>
    public static void Install(Signal signal, in SignalSet handled, Action<Signal> action)
    {
        s_actions[(int)signal] = action;

        // SA_NOCLDSTOP: no SIGCHLD for a stopped child. No SA_RESTART: the signal ends the wait.
        sigaction disposition = default;
        disposition.sa_handler = (delegate* unmanaged<int, void>)&Deliver;
        disposition.sa_mask = handled.Value;
        disposition.sa_flags = LibC.SA_NOCLDSTOP;
        if (Libc.sigaction((int)signal, &disposition, null) != 0)
        {
            throw new PosixException("sigaction", Errno.Last, signal.ToString());
        }
    }

    /// <summary>Ignores the signal: SIG_IGN.</summary>
    public static void Ignore(Signal signal) => SetDisposition(signal, LibC.SIG_IGN);

    /// <summary>Gives the signal its default effect: SIG_DFL.</summary>
    public static void Default(Signal signal) => SetDisposition(signal, LibC.SIG_DFL);

    /// <summary>Gives every signal that has a handler its default effect again.</summary>
    public static void Remove()
    {
        for (int signal = 1; signal < s_actions.Length; signal++)
        {
            if (s_actions[signal] is not null)
            {
                Default((Signal)signal);
                s_actions[signal] = null;
            }
        }
    }

    /// <summary>Whether the signal is ignored now, as nohup(1) leaves SIGHUP for the program it starts.</summary>
    public static bool IsIgnored(Signal signal)
    {
        sigaction current;
        return Libc.sigaction((int)signal, null, &current) == 0 && current.sa_handler == LibC.SIG_IGN;
    }

    // Errors are ignored: sigaction fails only for an invalid number, SIGKILL and SIGSTOP. A child calls this, too.
    private static void SetDisposition(Signal signal, void* disposition)
    {
        sigaction action = default;
        action.sa_handler = disposition;
        _ = Libc.sigaction((int)signal, &action, null);
    }

    [UnmanagedCallersOnly]
    private static void Deliver(int signal)
    {
        // The interrupted wait reads errno afterwards, and the action may change it.
        int errno = Marshal.GetLastSystemError();
        s_actions[signal]?.Invoke((Signal)signal);
        Marshal.SetLastSystemError(errno);
    }
}
