using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>What fork(2) returned.</summary>
/// <param name="ProcessId">In the parent the child's process id, in the child 0, and -1 if fork failed.</param>
/// <param name="Error">Why fork failed: EAGAIN (too many processes) or ENOMEM.</param>
/// <param name="OwnId">In the child its own process id, otherwise 0.</param>
public readonly record struct ForkResult(int ProcessId, Errno Error, int OwnId = 0)
{
    /// <summary>Whether no child was made.</summary>
    public bool Failed => Error.IsError;

    /// <summary>Whether the calling process is the child.</summary>
    public bool IsChild => ProcessId == 0;
}

/// <summary>Starts child processes, waits for them and sends signals to them; see fork(2), waitpid(2) and kill(2).</summary>
public static unsafe class ChildProcess
{
    /// <summary>
    /// Forks. It returns twice: in the parent with the child's process id, and in the child with
    /// <see cref="ForkResult.IsChild"/>.
    /// </summary>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    /// <remarks>
    /// The child has a copy of every descriptor and of the memory, but only of the calling thread. A lock that another
    /// thread held stays locked in the child, and the garbage collector has no finalizer thread there. So the child
    /// allocates nothing, throws nothing, takes no lock, and ends by <see cref="CurrentProcess.Exit"/>.
    /// This makes the system call itself. The C library's fork(3) would also run the pthread_atfork handlers and take
    /// the lock of every malloc arena.
    /// </remarks>
    public static ForkResult Fork(ParentKey key = default)
    {
        int processId = (int)key.Call(SystemCall.Fork, LibC.SIGCHLD);
        if (processId == 0)
        {
            // The key was in a register at the fork, so the child has a copy of it.
            return new ForkResult(0, Errno.None, ParentKey.WipeTraces());
        }

        return processId < 0 ? new ForkResult(-1, Errno.Last) : new ForkResult(processId, Errno.None);
    }

    /// <summary>Reaps one child that has ended, whichever it is, without waiting for one.</summary>
    /// <param name="processId">The child that was reaped.</param>
    /// <param name="status">How it ended.</param>
    /// <returns>
    /// Whether a child was reaped. Pending signals of the same number merge, so one SIGCHLD may stand for many children:
    /// call this until it returns false.
    /// </returns>
    public static bool TryReapAny(out int processId, out WaitStatus status) => TryReap(-1, out processId, out status);

    /// <summary>Reaps this child if it has ended, without waiting for it.</summary>
    public static bool TryReap(int processId, out WaitStatus status) => TryReap(processId, out _, out status);

    /// <summary>Waits until this child has ended, and reaps it.</summary>
    public static WaitStatus Wait(int processId)
    {
        int status = 0;
        while (Libc.waitpid(processId, &status, 0) < 0 && Errno.Last.IsInterrupted)
        {
        }

        return new WaitStatus(status);
    }

    /// <summary>
    /// Sends a signal to a child. The child must not have been reaped yet: until then no other process can have its id.
    /// </summary>
    /// <param name="processId">The child.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public static void Send(int processId, Signal signal, ParentKey key = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        _ = key.Call(SystemCall.Kill, processId, (int)signal);
    }

    private static bool TryReap(int wanted, out int processId, out WaitStatus status)
    {
        int word = 0;
        do
        {
            processId = Libc.waitpid(wanted, &word, Libc.WNOHANG);
        }
        while (processId < 0 && Errno.Last.IsInterrupted);

        status = new WaitStatus(word);
        return processId > 0;
    }
}
