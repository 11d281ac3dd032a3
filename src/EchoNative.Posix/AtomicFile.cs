using System;
using System.Globalization;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// A small file that other processes see either complete or not at all; see rename(2). The object stands for the file that
/// this process wrote, and not for its name: another process may put a file of its own there.
/// </summary>
public sealed unsafe class AtomicFile
{
    // A high number, so that the sockets of the service have the same low numbers with and without this file.
    private const int LowestNumber = 10;

    private const int ReadableByAll = 0b110_100_100; // 0644, less the umask
    private const int MostTemporaryNames = 100;

    private readonly byte[] _name;
    private readonly stat _written;

    private AtomicFile(byte[] name, FileDescriptor descriptor, in stat written)
    {
        _name = name;
        _written = written;
        Descriptor = descriptor;
    }

    /// <summary>
    /// The open file. It stays open, because the kernel gives the number of a removed file that nobody has open to a new one. A
    /// child closes its copy.
    /// </summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Writes the file under a temporary name in the same folder, and then renames it.</summary>
    /// <param name="path">The final name. A file or a symbolic link of this name is replaced.</param>
    /// <param name="contents">All bytes of the file.</param>
    /// <exception cref="PosixException">The file could not be written. The temporary file was removed.</exception>
    public static AtomicFile Write(FilePath path, ReadOnlySpan<byte> contents)
    {
        FileDescriptor file = CreateTemporary(path, out byte[] temporaryName).MoveToAtLeast(LowestNumber);
        IoResult written = file.WriteAll(contents);
        fixed (byte* name = path.Name, temporary = temporaryName)
        {
            stat status = default;
            (string call, bool failed) = written.Failed ? ("write", true)
                : Libc.fstat(file.Number, &status) < 0 ? ("stat", true)
                : ("rename", Libc.rename(temporary, name) < 0);
            if (failed)
            {
                Errno error = written.Failed ? written.Error : Errno.Last;
                file.Close();
                _ = Libc.unlink(temporary);
                throw new PosixException(call, error, path.Text);
            }

            return new AtomicFile(path.Name, file, status);
        }
    }

    /// <summary>
    /// Removes the file, unless it was replaced or written anew; see unlinkat(2). A failure is ignored. Nothing is allocated.
    /// </summary>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public void Remove(ParentKey key = default)
    {
        fixed (byte* name = _name)
        {
            stat present;
            nint result = key.Call(SystemCall.Newfstatat, AT_FDCWD, (nint)name, (nint)(&present), AT_SYMLINK_NOFOLLOW);
            if (result == 0 && IsWritten(present))
            {
                _ = key.Call(SystemCall.Unlinkat, AT_FDCWD, (nint)name);
            }
        }
    }

    // A name that is in use is left alone: the file may belong to another program, or to a server that is just starting.
    // O_EXCL follows no symbolic link.
    private static FileDescriptor CreateTemporary(FilePath path, out byte[] name)
    {
        for (int attempt = 0; ; attempt++)
        {
            string ending = attempt == 0 ? ".tmp" : ".tmp" + attempt.ToString(CultureInfo.InvariantCulture);
            name = [.. path.Name.AsSpan(..^1), .. CString.From(ending)];
            fixed (byte* start = name)
            {
                int descriptor = open(start, O_WRONLY | O_CREAT | O_EXCL, (mode_t)ReadableByAll);
                if (descriptor >= 0 || Errno.Last.Number != EEXIST || attempt == MostTemporaryNames)
                {
                    PosixException.ThrowIfFailed(descriptor, "open", path.Text);
                    return new FileDescriptor(descriptor);
                }
            }
        }
    }

    // A process that writes the file anew does not replace it, but its contents have another length most of the time.
    private bool IsWritten(in stat present) =>
        (ulong)present.st_dev == (ulong)_written.st_dev
        && (ulong)present.st_ino == (ulong)_written.st_ino
        && (long)present.st_size == (long)_written.st_size;
}
