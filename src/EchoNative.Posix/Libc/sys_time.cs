using System.Runtime.InteropServices;

namespace EchoNative.Posix;

// sys/time.h
internal static unsafe partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct timeval
    {
        internal long tv_sec;
        internal long tv_usec;
    }
}
