using System;
using System.Runtime.InteropServices;

namespace EchoNative.Posix;

/// <summary>How a child ended; see wait(2).</summary>
/// <param name="Value">The status word of wait(2).</param>
public readonly record struct WaitStatus(int Value)
{
    /// <summary>Whether the child called _exit(2), or returned from main.</summary>
    public bool IsExit => Libc.WIFEXITED(Value);

    /// <summary>Whether a signal ended the child.</summary>
    public bool IsKilled => Libc.WIFSIGNALED(Value);

    /// <summary>Whether the child exited with status 0.</summary>
    public bool IsSuccess => IsExit && ExitStatus == 0;

    /// <summary>The exit status, 0 to 255, if <see cref="IsExit"/>.</summary>
    public int ExitStatus => Libc.WEXITSTATUS(Value);

    /// <summary>The number of the signal, if <see cref="IsKilled"/>.</summary>
    public int SignalNumber => Libc.WTERMSIG(Value);

    /// <summary>
    /// The name of the signal without <c>SIG</c>, such as <c>KILL</c>, if <see cref="IsKilled"/>. It is empty for a
    /// real-time signal, which has only a number. It is a constant of the C library, so a child may use it.
    /// </summary>
    public unsafe ReadOnlySpan<byte> SignalName
    {
        get
        {
            byte* name = Libc.sigabbrev_np(SignalNumber);
            return name is null ? default : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        }
    }
}
