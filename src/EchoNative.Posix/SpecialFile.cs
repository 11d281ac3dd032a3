using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A path that exists and is no regular file: a device, a named pipe, one of the standard streams.</summary>
public static unsafe class SpecialFile
{
    // A high number, so that the sockets of the service have the same low numbers with and without this file.
    private const int LowestNumber = 10;

    /// <summary>Opens the path for writing if it exists and is no regular file. It never waits; see fifo(7).</summary>
    /// <param name="path">The path. Symbolic links are followed.</param>
    /// <returns>
    /// The non-blocking descriptor, which the caller owns; descriptor 0, 1 or 2 itself for a path such as /dev/stdout; null for
    /// a regular file and for a path that does not exist.
    /// </returns>
    /// <exception cref="PosixException">It can't be opened: it is a folder, or a pipe that nobody reads.</exception>
    public static FileDescriptor? TryOpen(FilePath path)
    {
        fixed (byte* name = path.Name)
        {
            stat status;
            stat link;
            if (Libc.stat(name, &status) != 0 || Libc.lstat(name, &link) != 0)
            {
                return null;
            }

            // /dev/stdout is a link to the open file, which may be a regular one. Opened anew, a file would be written from its
            // start, and a socket can't be opened.
            if (S_ISLNK(link.st_mode) && FindStandardStream(status) is FileDescriptor stream)
            {
                return stream;
            }

            return S_ISREG(status.st_mode) ? null : Open(path, name, S_ISFIFO(status.st_mode));
        }
    }

    private static FileDescriptor Open(FilePath path, byte* name, bool isPipe)
    {
        int descriptor = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, default);
        if (descriptor < 0 && isPipe && Errno.Last.Number == ENXIO)
        {
            throw new PosixException("open", "Nobody reads this pipe", path.Text);
        }

        PosixException.ThrowIfFailed(descriptor, "open", path.Text);
        return new FileDescriptor(descriptor).MoveToAtLeast(LowestNumber);
    }

    private static FileDescriptor? FindStandardStream(in stat status) =>
        StandardStream.Output.IsFile(status) ? StandardStream.Output
        : StandardStream.Error.IsFile(status) ? StandardStream.Error
        : S_ISREG(status.st_mode) && StandardStream.Input.IsFile(status) ? StandardStream.Input
        : null;
}
