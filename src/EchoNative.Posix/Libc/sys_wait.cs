using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/wait.h
internal static unsafe partial class Libc
{
    internal const int WNOHANG = 1;

    [LibraryImport(Name)]
    internal static partial int waitpid(int pid, int* status, int options);

    internal static bool WIFEXITED(int status) => WTERMSIG(status) == 0;

    internal static int WEXITSTATUS(int status) => (status & 0xff00) >> 8;

    internal static bool WIFSIGNALED(int status) => (sbyte)((status & 0x7f) + 1) >> 1 > 0;

    internal static int WTERMSIG(int status) => status & 0x7f;
}
