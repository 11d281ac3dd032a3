using System.Runtime.InteropServices;
using Tmds.Linux;

namespace EchoNative.Posix;

// time.h
internal static unsafe partial class Libc
{
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;

    [LibraryImport(Name)]
    internal static partial int clock_gettime(int clockid, timespec* tp);
}
