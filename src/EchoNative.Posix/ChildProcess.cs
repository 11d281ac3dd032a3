using System;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>Making, awaiting and ending child processes; see fork(2), waitpid(2) and kill(2).</summary>
public static unsafe class ChildProcess
{
    /// <summary>
    /// Forks. It returns twice: in the parent with the child's process id, and in the child with
    /// <see cref="ForkResult.IsChild"/>.
    /// </summary>
    /// <param name="key">What entitles this process to fork, where a sandbox asks for it.</param>
    /// <remarks>
    /// The child has a copy of every descriptor and of all memory, but of one thread only: locks that
    /// other threads held stay locked for ever, and the garbage collector has no finalizer thread. So the
    /// child allocates nothing, throws nothing, takes no lock, and leaves by <see cref="CurrentProcess.Exit"/>.
    /// The kernel's own call is made, which does nothing but fork: fork(3) runs the pthread_atfork handlers and
    /// takes the lock of every malloc arena.
    /// </remarks>
    public static ForkResult Fork(ParentKey key = default)
    {
        int processId = (int)key.Call(SystemCall.Fork, LibC.SIGCHLD);
        if (processId == 0)
        {
            // The child was a copy of this process while the key was in use.
            return new ForkResult(0, Errno.None, ParentKey.WipeTraces());
        }

        return processId < 0 ? new ForkResult(-1, Errno.Last) : new ForkResult(processId, Errno.None);
    }

    /// <summary>Removes one child that has ended, whichever it is, without waiting for one.</summary>
    /// <param name="processId">The child that was removed.</param>
    /// <param name="status">How it ended.</param>
    /// <returns>Whether there was one. Signals merge: one SIGCHLD may stand for many, so ask until false.</returns>
    public static bool TryReapAny(out int processId, out WaitStatus status) => TryReap(-1, out processId, out status);

    /// <summary>Removes this child if it has ended, without waiting for it.</summary>
    public static bool TryReap(int processId, out WaitStatus status) => TryReap(processId, out _, out status);

    /// <summary>Waits until this child has ended, and removes it.</summary>
    public static WaitStatus Wait(int processId)
    {
        int status = 0;
        while (Libc.waitpid(processId, &status, 0) < 0 && Errno.Last.IsInterrupted)
        {
        }

        return new WaitStatus(status);
    }

    /// <summary>
    /// Sends a signal to a child that has not been removed yet, so that the number can't belong to
    /// another process meanwhile.
    /// </summary>
    /// <param name="processId">The child.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="key">What entitles this process to send signals, where a sandbox asks for it.</param>
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
