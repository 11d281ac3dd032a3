using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>
/// The system calls that this process, both its threads and all children it forks may make from some moment on; any
/// other ends the process that makes it by SIGSYS. See seccomp(2).
/// </summary>
/// <remarks>
/// The kernel asks the program that is made here at each call. It notes in advance which numbers are allowed whatever
/// the arguments, and does not ask for those: so frequent calls are not to be allowed by their arguments.
/// </remarks>
public sealed unsafe class SystemCallFilter
{
    /// <summary>The argument that carries the key: neither clone(2), with the flags given, nor kill(2) nor unlinkat(2) looks at it.</summary>
    internal const int KeyArgument = 4;

    // Where what is asked about lies; see seccomp_data in linux/seccomp.h. Both processors store the lower half first.
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int ArgumentsOffset = 16;
    private const int ArgumentLength = 8;
    private const int HalfLength = 4;

    private const int Load = Libc.BPF_LD | Libc.BPF_W | Libc.BPF_ABS;
    private const int SkipByEquality = Libc.BPF_JMP | Libc.BPF_JEQ | Libc.BPF_K;
    private const int Return = Libc.BPF_RET | Libc.BPF_K;

    private readonly ParentKey _key;
    private readonly Architecture _architecture;
    private int _length;

    /// <summary>Begins with nothing allowed.</summary>
    /// <param name="key">What the parent alone has. The program becomes part of the memory that it lies in.</param>
    public SystemCallFilter(ParentKey key)
        : this(key, RuntimeInformation.ProcessArchitecture)
    {
    }

    internal SystemCallFilter(ParentKey key, Architecture architecture)
    {
        _key = key;
        _architecture = architecture;

        // A 64-bit process can make the calls of 32-bit ones too, where the numbers mean something else.
        Add(Load, ArchitectureOffset);
        Add(SkipByEquality, architecture == Architecture.X64 ? Libc.AUDIT_ARCH_X86_64 : Libc.AUDIT_ARCH_AARCH64, whenEqual: 1);
        Add(Return, Libc.SECCOMP_RET_KILL_PROCESS);
        Add(Load, NumberOffset);
    }

    /// <summary>The program until now.</summary>
    internal ReadOnlySpan<Libc.sock_filter> Program => Instructions[.._length];

    private Condition[] HasKey =>
        [new(LowerHalf(KeyArgument), _key.Halves), new(UpperHalf(KeyArgument), _key.Halves + 1)];

    private Span<Libc.sock_filter> Instructions => MemoryMarshal.Cast<byte, Libc.sock_filter>(_key.Beside);

    /// <summary>Allows a call.</summary>
    public void Allow(SystemCall call) => AllowWhere(call);

    /// <summary>Allows a call where one of its arguments, a number of at most 32 bits in C, has this value.</summary>
    /// <param name="call">The call.</param>
    /// <param name="argument">Which argument, from 0.</param>
    /// <param name="value">The value.</param>
    public void Allow(SystemCall call, int argument, int value)
    {
        uint expected = (uint)value;
        AllowWhere(call, new Condition(LowerHalf(argument), &expected));
    }

    /// <summary>Allows a call where one of its arguments is a null pointer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="argument">Which argument, from 0.</param>
    public void AllowWithoutPointer(SystemCall call, int argument)
    {
        uint none = 0;
        AllowWhere(call, new Condition(LowerHalf(argument), &none), new Condition(UpperHalf(argument), &none));
    }

    /// <summary>Allows fork(2), which is clone(2) with these flags and no others, to those who know the key.</summary>
    public void AllowForkWithKey()
    {
        uint flags = (uint)LibC.SIGCHLD;
        uint none = 0;
        AllowWhere(SystemCall.Fork, [new(LowerHalf(0), &flags), new(UpperHalf(0), &none), .. HasKey]);
    }

    /// <summary>Allows kill(2) to those who know the key.</summary>
    public void AllowKillWithKey() => AllowWhere(SystemCall.Kill, HasKey);

    /// <summary>Allows to remove a file, unlinkat(2) without flags, to those who know the key.</summary>
    public void AllowRemovalWithKey()
    {
        uint none = 0;
        AllowWhere(SystemCall.Unlinkat, [new(LowerHalf(2), &none), .. HasKey]);
    }

    /// <summary>Allows the collector's heap to grow within its reservation. No memory becomes executable by it.</summary>
    public void AllowHeapToGrow()
    {
        Allow(SystemCall.Mprotect, argument: 2, LibC.PROT_READ | LibC.PROT_WRITE);
        Allow(SystemCall.Madvise, argument: 2, LibC.MADV_DODUMP);
    }

    /// <summary>
    /// Allows the finalizer thread to wait, which it does all the time: after SIGSTOP and SIGCONT it begins anew.
    /// </summary>
    public void AllowFinalizerToWait()
    {
        Allow(SystemCall.Futex, argument: 1, Libc.FUTEX_WAIT_PRIVATE);
        Allow(SystemCall.Futex, argument: 1, Libc.FUTEX_WAIT_BITSET_PRIVATE | Libc.FUTEX_CLOCK_REALTIME);
    }

    /// <summary>
    /// Puts it in force for both threads, and for all children from now on. There is no way back: not by exec(2)
    /// either, for which it forbids to gain rights (<see cref="Capabilities.ForbidNew"/>).
    /// </summary>
    /// <returns>Why it is not in force, such as ENOSYS where the kernel has no such thing; or <see cref="Errno.None"/>.</returns>
    public Errno Install()
    {
        End();
        Errno failure = Capabilities.ForbidNew();
        if (failure.IsError)
        {
            return failure;
        }

        fixed (Libc.sock_filter* start = Program)
        {
            Libc.sock_fprog program = new() { len = (ushort)_length, filter = start };
            nint result = Libc.syscall(
                SystemCall.Seccomp.Number, Libc.SECCOMP_SET_MODE_FILTER, Libc.SECCOMP_FILTER_FLAG_TSYNC, (nint)(&program), 0, 0);

            // A positive result is a thread that could not be made to follow.
            return result > 0 ? new Errno(LibC.ESRCH) : result < 0 ? Errno.Last : Errno.None;
        }
    }

    /// <summary>What has not been allowed ends the process.</summary>
    internal void End() => Add(Return, Libc.SECCOMP_RET_KILL_PROCESS);

    private static int LowerHalf(int argument) => ArgumentsOffset + (argument * ArgumentLength);

    private static int UpperHalf(int argument) => LowerHalf(argument) + HalfLength;

    private void AllowWhere(SystemCall call, params ReadOnlySpan<Condition> conditions)
    {
        // Each condition takes two instructions; behind them, the call is allowed, or its number loaded again.
        int rest = conditions.Length * 2;
        Add(SkipByEquality, (uint)call.On(_architecture), otherwise: rest > 0 ? rest + 2 : 1);
        foreach (Condition condition in conditions)
        {
            rest -= 2;
            Add(Load, (uint)condition.Offset);
            Add(SkipByEquality, 0, otherwise: rest + 1);

            // From memory to memory: the key must not lie on the stack, of which each child gets a copy.
            Instructions[_length - 1].k = *condition.Value;
        }

        Add(Return, Libc.SECCOMP_RET_ALLOW);
        if (!conditions.IsEmpty)
        {
            Add(Load, NumberOffset);
        }
    }

    private void Add(int code, uint value, int whenEqual = 0, int otherwise = 0) =>
        Instructions[_length++] = new Libc.sock_filter { code = (ushort)code, jt = (byte)whenEqual, jf = (byte)otherwise, k = value };

    /// <summary>A half of an argument, and where lies what it must be equal to.</summary>
    private readonly struct Condition(int offset, uint* value)
    {
        public readonly int Offset = offset;
        public readonly uint* Value = value;
    }
}
