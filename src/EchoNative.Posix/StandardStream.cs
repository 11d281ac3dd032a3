using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>Descriptors 0, 1 and 2, which a process is given by whoever starts it; see stdin(3).</summary>
public static unsafe class StandardStream
{
    /// <summary>Standard input.</summary>
    public static FileDescriptor Input => new(0);

    /// <summary>Standard output.</summary>
    public static FileDescriptor Output => new(1);

    /// <summary>Standard error.</summary>
    public static FileDescriptor Error => new(2);

    /// <summary>
    /// Opens those that were closed when the program was started, in the direction in which they are of
    /// no use, so that using one fails with EBADF as before. Otherwise the next socket would get the
    /// free number, and what is meant for standard output would be sent to a client.
    /// </summary>
    public static void Reserve()
    {
        for (int number = Input.Number; number <= Error.Number; number++)
        {
            if (fcntl(number, F_GETFD) < 0)
            {
                // The lowest free number is what open(2) takes, and those below are in use.
                fixed (byte* path = "/dev/null\0"u8)
                {
                    _ = open(path, number == Input.Number ? O_WRONLY : O_RDONLY, default);
                }
            }
        }
    }
}
