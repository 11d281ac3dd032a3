using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// poll.h
internal static unsafe partial class Libc
{
    [LibraryImport(Name)]
    internal static partial int ppoll(pollfd* fds, nuint nfds, timespec* timeout, sigset_t* sigmask);
}
