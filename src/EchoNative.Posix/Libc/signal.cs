using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// signal.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int sigaction(int signum, sigaction* act, sigaction* oldact);

    // Returns the error number and does not set errno.
    [LibraryImport(Name)]
    internal static partial int pthread_sigmask(int how, sigset_t* set, sigset_t* oldset);
}
