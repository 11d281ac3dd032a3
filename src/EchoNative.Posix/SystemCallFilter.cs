using System;
using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

/// <summary>
/// A list of the system calls that this process may make once the filter is installed: both its threads and all children
/// it forks. Any other call ends the process that makes it by SIGSYS. See seccomp(2).
/// </summary>
/// <remarks>
/// The filter is a program that the kernel runs at each call. The kernel finds out in advance which numbers are allowed
/// whatever the arguments are, and does not run the program for those: allow frequent calls without conditions.
/// </remarks>
public sealed unsafe class SystemCallFilter
{
    /// <summary>
    /// The index of the argument that carries the key: the last one, which all calls with the key ignore.
    /// </summary>
    internal const int KeyArgument = 5;

    // Offsets in struct seccomp_data of linux/seccomp.h. Both processors are little-endian: the lower half comes first.
    private const int NumberOffset = 0;
    private const int ArchitectureOffset = 4;
    private const int ArgumentsOffset = 16;
    private const int ArgumentLength = 8;
    private const int HalfLength = 4;

    private const int Load = Libc.BPF_LD | Libc.BPF_W | Libc.BPF_ABS;
    private const int SkipByEquality = Libc.BPF_JMP | Libc.BPF_JEQ | Libc.BPF_K;
    private const int SkipByGreater = Libc.BPF_JMP | Libc.BPF_JGT | Libc.BPF_K;
    private const int Return = Libc.BPF_RET | Libc.BPF_K;

    private readonly ParentKey _key;
    private readonly Architecture _architecture;
    private int _length;

    /// <summary>Makes a filter that allows nothing yet.</summary>
    /// <param name="key">The parent's key. The filter's program is written to the rest of the key's page.</param>
    public SystemCallFilter(ParentKey key)
        : this(key, RuntimeInformation.ProcessArchitecture)
    {
    }

    internal SystemCallFilter(ParentKey key, Architecture architecture)
    {
        _key = key;
        _architecture = architecture;

        // A 64-bit process can make the calls of 32-bit processes, too. Their numbers mean other calls.
        Add(Load, ArchitectureOffset);
        Add(SkipByEquality, architecture == Architecture.X64 ? Libc.AUDIT_ARCH_X86_64 : Libc.AUDIT_ARCH_AARCH64, whenEqual: 1);
        Add(Return, Libc.SECCOMP_RET_KILL_PROCESS);
        Add(Load, NumberOffset);
    }

    /// <summary>The instructions so far.</summary>
    internal ReadOnlySpan<Libc.sock_filter> Program => Instructions[.._length];

    private Condition[] HasKey =>
        [new(LowerHalf(KeyArgument), _key.Halves), new(UpperHalf(KeyArgument), _key.Halves + 1)];

    private Span<Libc.sock_filter> Instructions => MemoryMarshal.Cast<byte, Libc.sock_filter>(_key.RestOfPage);

    /// <summary>Allows a call with any arguments.</summary>
    public void Allow(SystemCall call) => AllowWhere(call);

    /// <summary>Allows a call if one of its arguments, a number of at most 32 bits in C, has this value.</summary>
    /// <param name="call">The call.</param>
    /// <param name="argument">Which argument, from 0.</param>
    /// <param name="value">The value.</param>
    public void Allow(SystemCall call, int argument, int value)
    {
        uint expected = (uint)value;
        AllowWhere(call, new Condition(LowerHalf(argument), &expected));
    }

    /// <summary>Allows a call if some of its arguments are null pointers.</summary>
    /// <param name="call">The call.</param>
    /// <param name="arguments">Which arguments, from 0.</param>
    public void AllowWithNull(SystemCall call, params ReadOnlySpan<int> arguments)
    {
        uint none = 0;
        Condition[] conditions = new Condition[arguments.Length * 2];
        for (int i = 0; i < arguments.Length; i++)
        {
            conditions[i * 2] = new Condition(LowerHalf(arguments[i]), &none);
            conditions[(i * 2) + 1] = new Condition(UpperHalf(arguments[i]), &none);
        }

        AllowWhere(call, conditions);
    }

    /// <summary>
    /// Allows fcntl(2) to set the capacity of a pipe, F_SETPIPE_SZ, but not that of a standard stream.
    /// </summary>
    public void AllowPipeCapacity()
    {
        uint command = SplicePipe.SetCapacityCommand;
        uint lastStandardStream = (uint)StandardStream.Error.Number;
        AllowWhere(
            SystemCall.Fcntl,
            new Condition(LowerHalf(1), &command),
            new Condition(LowerHalf(0), &lastStandardStream, SkipByGreater));
    }

    /// <summary>Allows fork with the key: clone(2) with SIGCHLD and no other flag.</summary>
    public void AllowForkWithKey()
    {
        uint flags = (uint)LibC.SIGCHLD;
        uint none = 0;
        AllowWhere(SystemCall.Fork, [new(LowerHalf(0), &flags), new(UpperHalf(0), &none), .. HasKey]);
    }

    /// <summary>Allows setsockopt(2), and listen(2) with a queue of length 0, with the key.</summary>
    public void AllowSocketOptionsWithKey()
    {
        uint none = 0;
        AllowWhere(SystemCall.Setsockopt, HasKey);
        AllowWhere(SystemCall.Listen, [new(LowerHalf(1), &none), .. HasKey]);
    }

    /// <summary>Allows kill(2) with the key.</summary>
    public void AllowKillWithKey() => AllowWhere(SystemCall.Kill, HasKey);

    /// <summary>Allows newfstatat(2), and unlinkat(2) without flags, with the key: <see cref="AtomicFile.Remove"/>.</summary>
    public void AllowFileRemovalWithKey()
    {
        uint none = 0;
        AllowWhere(SystemCall.Newfstatat, HasKey);
        AllowWhere(SystemCall.Unlinkat, [new(LowerHalf(2), &none), .. HasKey]);
    }

    /// <summary>Allows the collector's heap to grow within its reserved addresses. It can't make memory executable.</summary>
    public void AllowHeapToGrow()
    {
        Allow(SystemCall.Mprotect, argument: 2, LibC.PROT_READ | LibC.PROT_WRITE);
        Allow(SystemCall.Madvise, argument: 2, LibC.MADV_DODUMP);
    }

    /// <summary>
    /// Allows the finalizer thread to wait. It always waits; after SIGSTOP and SIGCONT it makes the call again.
    /// </summary>
    public void AllowFinalizerToWait()
    {
        Allow(SystemCall.Futex, argument: 1, Libc.FUTEX_WAIT_PRIVATE);
        Allow(SystemCall.Futex, argument: 1, Libc.FUTEX_WAIT_BITSET_PRIVATE | Libc.FUTEX_CLOCK_REALTIME);
    }

    /// <summary>Asks the kernel whether <see cref="Install"/> is possible; see seccomp(2), EFAULT.</summary>
    /// <returns>Why it is not, or <see cref="Errno.None"/>.</returns>
    public static Errno Probe()
    {
        nint result = Libc.syscall(
            SystemCall.Seccomp.Number, Libc.SECCOMP_SET_MODE_FILTER, Libc.SECCOMP_FILTER_FLAG_TSYNC, 0, 0, 0, 0);
        Errno error = result < 0 ? Errno.Last : new Errno(LibC.ESRCH); // the number of a thread that can't have the filter
        return error.Number == LibC.EFAULT ? Errno.None : error;
    }

    /// <summary>
    /// Installs the filter for both threads and for all children forked from now on. It can't be undone, not even by
    /// exec(2), so it calls <see cref="Capabilities.SetNoNewPrivileges"/> first, as seccomp(2) demands.
    /// </summary>
    /// <returns>Why it failed, such as ENOSYS on a kernel without seccomp, or <see cref="Errno.None"/>.</returns>
    public Errno Install()
    {
        Finish();
        Errno failure = Capabilities.SetNoNewPrivileges();
        if (failure.IsError)
        {
            return failure;
        }

        fixed (Libc.sock_filter* start = Program)
        {
            Libc.sock_fprog program = new() { len = (ushort)_length, filter = start };
            nint result = Libc.syscall(
                SystemCall.Seccomp.Number,
                Libc.SECCOMP_SET_MODE_FILTER,
                Libc.SECCOMP_FILTER_FLAG_TSYNC,
                (nint)(&program),
                0,
                0,
                0);

            // A positive result is the id of a thread for which the filter could not be installed.
            return result > 0 ? new Errno(LibC.ESRCH) : result < 0 ? Errno.Last : Errno.None;
        }
    }

    /// <summary>Adds the last instruction: a call that was not allowed ends the process.</summary>
    internal void Finish() => Add(Return, Libc.SECCOMP_RET_KILL_PROCESS);

    private static int LowerHalf(int argument) => ArgumentsOffset + (argument * ArgumentLength);

    private static int UpperHalf(int argument) => LowerHalf(argument) + HalfLength;

    private void AllowWhere(SystemCall call, params ReadOnlySpan<Condition> conditions)
    {
        // Each condition takes two instructions. After them the call is allowed. If one fails, the number is loaded again.
        int rest = conditions.Length * 2;
        Add(SkipByEquality, (uint)call.On(_architecture), otherwise: rest > 0 ? rest + 2 : 1);
        foreach (Condition condition in conditions)
        {
            rest -= 2;
            Add(Load, (uint)condition.Offset);
            Add(condition.Comparison, 0, otherwise: rest + 1);

            // Copied from memory to memory: the key must not be on the stack, of which each child gets a copy.
            Instructions[_length - 1].k = *condition.Value;
        }

        Add(Return, Libc.SECCOMP_RET_ALLOW);
        if (!conditions.IsEmpty)
        {
            Add(Load, NumberOffset);
        }
    }

    private void Add(int code, uint value, int whenEqual = 0, int otherwise = 0) =>
        Instructions[_length++] = new Libc.sock_filter
        {
            code = (ushort)code,
            jt = (byte)whenEqual,
            jf = (byte)otherwise,
            k = value,
        };

    /// <summary>
    /// The offset of one half of an argument, a pointer to a value, and how they compare: the half equals the value, or is
    /// greater.
    /// </summary>
    private readonly struct Condition(int offset, uint* value, int comparison = SkipByEquality)
    {
        public readonly int Offset = offset;
        public readonly uint* Value = value;
        public readonly int Comparison = comparison;
    }
}
