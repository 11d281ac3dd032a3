using System;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>A small file that is there as a whole or not at all; see rename(2).</summary>
public static unsafe class AtomicFile
{
    private const int ReadableByAll = 0b110_100_100; // 0644, less the umask

    /// <summary>Writes it under a name of its own, <c>PATH.tmp</c>, and gives it its name then.</summary>
    /// <exception cref="PosixException">It could not be written. Nothing is left.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        ArgumentNullException.ThrowIfNull(path);
        fixed (byte* name = NullTerminated.From(path))
        fixed (byte* temporary = NullTerminated.From(path + ".tmp"))
        {
            // One that was left by a program that was killed; O_EXCL follows no link that somebody put there.
            _ = Libc.unlink(temporary);
            int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, (Tmds.Linux.mode_t)ReadableByAll);
            SocketOption.Check(descriptor, "open", path);
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

    /// <summary>Removes it. If that can't be, there is nobody who needs to know; see unlinkat(2).</summary>
    /// <param name="path">Its name.</param>
    /// <param name="key">What entitles this process to remove files, where a sandbox asks for it.</param>
    public static void Remove(string path, ParentKey key = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        fixed (byte* name = NullTerminated.From(path))
        {
            _ = key.Call(SystemCall.Unlinkat, AT_FDCWD, (nint)name);
        }
    }
}
