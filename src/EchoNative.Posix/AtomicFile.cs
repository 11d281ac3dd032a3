using System;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A small file that other processes see either complete or not at all; see rename(2).</summary>
public static unsafe class AtomicFile
{
    private const int ReadableByAll = 0b110_100_100; // 0644, less the umask

    /// <summary>Writes the file as <c>PATH.tmp</c> and then renames it to <c>PATH</c>.</summary>
    /// <param name="path">The final name. A file of this name is replaced.</param>
    /// <param name="contents">All bytes of the file.</param>
    /// <exception cref="PosixException">The file could not be written. The temporary file was removed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        ArgumentNullException.ThrowIfNull(path);
        fixed (byte* name = CString.From(path))
        fixed (byte* temporary = CString.From(path + ".tmp"))
        {
            // A killed program may have left a temporary file. O_EXCL makes sure that no symbolic link is followed.
            _ = Libc.unlink(temporary);
            int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, (Tmds.Linux.mode_t)ReadableByAll);
            PosixException.ThrowIfFailed(descriptor, "open", path);
            FileDescriptor file = new(descriptor);
            IoResult written = file.WriteAll(contents);
            file.Close();
            Errno error = written.Failed ? written.Error : Libc.rename(temporary, name) < 0 ? Errno.Last : Errno.None;
            if (error.IsError)
            {
                _ = Libc.unlink(temporary);
                throw new PosixException(written.Failed ? "write" : "rename", error, path);
            }
        }
    }

    /// <summary>Removes the file. A failure is ignored; see unlinkat(2).</summary>
    /// <param name="path">The name of the file.</param>
    /// <param name="key">The key that the process's <see cref="SystemCallFilter"/> asks for, if it has one.</param>
    public static void Remove(string path, ParentKey key = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        fixed (byte* name = CString.From(path))
        {
            _ = key.Call(SystemCall.Unlinkat, AT_FDCWD, (nint)name);
        }
    }
}
