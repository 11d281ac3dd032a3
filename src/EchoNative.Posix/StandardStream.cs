using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>Descriptors 0, 1 and 2, which a process gets from the one that starts it; see stdin(3).</summary>
public static unsafe class StandardStream
{
    /// <summary>Standard input.</summary>
    public static FileDescriptor Input => new(0);

    /// <summary>Standard output.</summary>
    public static FileDescriptor Output => new(1);

    /// <summary>Standard error.</summary>
    public static FileDescriptor Error => new(2);

    /// <summary>
    /// Makes standard input empty: /dev/null, or without it the reading end of a pipe that nobody writes. A process that serves
    /// can then not read the terminal or the file that the starter had as its input.
    /// </summary>
    /// <exception cref="PosixException">Neither can be opened.</exception>
    public static void EmptyInput()
    {
        int descriptor;
        fixed (byte* nothing = "/dev/null\0"u8)
        {
            descriptor = open(nothing, O_RDONLY, default);
        }

        if (descriptor < 0)
        {
            int* ends = stackalloc int[2];
            PosixException.ThrowIfFailed(Libc.pipe2(ends, 0), "pipe", "standard input");
            _ = Libc.close(ends[1]);
            descriptor = ends[0];
        }

        PosixException.ThrowIfFailed(dup2(descriptor, Input.Number), "dup2", "standard input");
        _ = Libc.close(descriptor);
    }

    /// <summary>Makes standard error a descriptor that can't be written: what is meant for it is lost.</summary>
    public static void DiscardError()
    {
        _ = Libc.close(Error.Number);
        Reserve();
    }

    /// <summary>
    /// Opens /dev/null on each of the three that is closed: input for writing only, the others for reading only, so that
    /// using one still fails with EBADF. Otherwise a socket would get the free number, and what is meant for standard
    /// output would be sent to a client. Where /dev/null is missing, the root folder is opened as a mere name (O_PATH),
    /// which can be neither read nor written.
    /// </summary>
    public static void Reserve()
    {
        for (int number = Input.Number; number <= Error.Number; number++)
        {
            if (fcntl(number, F_GETFD) < 0)
            {
                // open(2) returns the lowest free number, which is this one.
                fixed (byte* nothing = "/dev/null\0"u8, root = "/\0"u8)
                {
                    if (open(nothing, number == Input.Number ? O_WRONLY : O_RDONLY, default) < 0)
                    {
                        _ = open(root, O_PATH, default);
                    }
                }
            }
        }
    }
}
