namespace EchoNative.Posix;

// linux/futex.h
internal static partial class Libc
{
    internal const int FUTEX_WAIT_PRIVATE = 128;
    internal const int FUTEX_WAIT_BITSET_PRIVATE = 137;
    internal const int FUTEX_CLOCK_REALTIME = 256;
}
