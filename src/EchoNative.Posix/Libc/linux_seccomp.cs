namespace EchoNative.Posix;

// linux/seccomp.h and linux/audit.h
internal static unsafe partial class Libc
{
    internal const int SECCOMP_SET_MODE_FILTER = 1;
    internal const int SECCOMP_FILTER_FLAG_TSYNC = 1;
    internal const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    internal const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    internal const uint AUDIT_ARCH_X86_64 = 0xc000003e;
    internal const uint AUDIT_ARCH_AARCH64 = 0xc00000b7;
}
