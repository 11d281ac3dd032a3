namespace EchoNative.Posix;

// netinet/in.h and linux/in6.h
internal static unsafe partial class Libc
{
    internal const int IP_MINTTL = 21;
    internal const int IPV6_MINHOPCOUNT = 73;
}
