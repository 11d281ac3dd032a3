using System;
using System.Runtime.InteropServices;

namespace EchoNative.Posix;

/// <summary>A system call, by its number; see syscalls(2). The numbers depend on the processor.</summary>
/// <param name="X64">The number on x86-64.</param>
/// <param name="Arm64">The number on arm64.</param>
public readonly record struct SystemCall(int X64, int Arm64)
{
    /// <summary>The number -1, by which a tracer such as strace(1) has a call skipped to inject a result.</summary>
    public static SystemCall SkippedByTracer => new(-1, -1);

    /// <summary>read(2).</summary>
    public static SystemCall Read => new(0, 63);

    /// <summary>write(2).</summary>
    public static SystemCall Write => new(1, 64);

    /// <summary>close(2).</summary>
    public static SystemCall Close => new(3, 57);

    /// <summary>mprotect(2).</summary>
    public static SystemCall Mprotect => new(10, 226);

    /// <summary>sigaction(2).</summary>
    public static SystemCall RtSigaction => new(13, 134);

    /// <summary>sigprocmask(2).</summary>
    public static SystemCall RtSigprocmask => new(14, 135);

    /// <summary>sigreturn(2): the end of every signal handler.</summary>
    public static SystemCall RtSigreturn => new(15, 139);

    /// <summary>madvise(2).</summary>
    public static SystemCall Madvise => new(28, 233);

    /// <summary>getpid(2).</summary>
    public static SystemCall Getpid => new(39, 172);

    /// <summary>accept(2).</summary>
    public static SystemCall Accept => new(43, 202);

    /// <summary>sendto(2), which send(2) calls.</summary>
    public static SystemCall Sendto => new(44, 206);

    /// <summary>listen(2).</summary>
    public static SystemCall Listen => new(50, 201);

    /// <summary>setsockopt(2).</summary>
    public static SystemCall Setsockopt => new(54, 208);

    /// <summary>clone(2), by which Linux forks.</summary>
    public static SystemCall Fork => new(56, 220);

    /// <summary>wait4(2), which waitpid(2) calls.</summary>
    public static SystemCall Wait4 => new(61, 260);

    /// <summary>kill(2).</summary>
    public static SystemCall Kill => new(62, 129);

    /// <summary>fcntl(2).</summary>
    public static SystemCall Fcntl => new(72, 25);

    /// <summary>capset(2).</summary>
    public static SystemCall Capset => new(126, 91);

    /// <summary>futex(2).</summary>
    public static SystemCall Futex => new(202, 98);

    /// <summary>getdents64(2): the entries of a directory.</summary>
    public static SystemCall Getdents64 => new(217, 61);

    /// <summary>restart_syscall(2): continues a wait with a time limit after SIGSTOP and SIGCONT.</summary>
    public static SystemCall RestartSyscall => new(219, 128);

    /// <summary>clock_gettime(2), on systems where the vDSO can't read the clock.</summary>
    public static SystemCall ClockGettime => new(228, 113);

    /// <summary>exit_group(2), which _exit(2) calls.</summary>
    public static SystemCall ExitGroup => new(231, 94);

    /// <summary>newfstatat(2), which stat(2) calls.</summary>
    public static SystemCall Newfstatat => new(262, 79);

    /// <summary>unlinkat(2).</summary>
    public static SystemCall Unlinkat => new(263, 35);

    /// <summary>ppoll(2).</summary>
    public static SystemCall Ppoll => new(271, 73);

    /// <summary>splice(2).</summary>
    public static SystemCall Splice => new(275, 76);

    /// <summary>pipe2(2).</summary>
    public static SystemCall Pipe2 => new(293, 59);

    /// <summary>seccomp(2).</summary>
    public static SystemCall Seccomp => new(317, 277);

    /// <summary>The number on the processor that runs this program.</summary>
    internal int Number => On(RuntimeInformation.ProcessArchitecture);

    /// <summary>The number on a processor.</summary>
    /// <exception cref="PlatformNotSupportedException">The processor is neither of the two.</exception>
    internal int On(Architecture architecture) => architecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => throw new PlatformNotSupportedException(),
    };
}
