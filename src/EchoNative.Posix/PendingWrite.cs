using System;
using static Tmds.Linux.LibC;

namespace EchoNative.Posix;

/// <summary>
/// Bytes for a descriptor that shares its open file with other processes. They are written as far as there is room, so that the
/// process never waits for a reader. O_NONBLOCK would act on the other processes too.
/// </summary>
/// <param name="descriptor">The descriptor. The caller owns it.</param>
/// <param name="bytes">What to write.</param>
public sealed unsafe class PendingWrite(FileDescriptor descriptor, byte[] bytes)
{
    // A pipe that is ready takes as much without waiting: PIPE_BUF; see pipe(7).
    private const int AtomicLength = 4096;

    private readonly byte[] _bytes = bytes;
    private int _written;

    /// <summary>The descriptor.</summary>
    public FileDescriptor Descriptor { get; } = descriptor;

    /// <summary>Writes what there is room for. Nothing is allocated.</summary>
    /// <param name="error">Why the rest can't be written, not even later.</param>
    /// <returns>Whether it is finished: everything is written, or there is an error.</returns>
    public bool TryFinish(out Errno error)
    {
        error = Errno.None;
        while (_written < _bytes.Length && !error.IsError)
        {
            if (!Descriptor.IsWritable)
            {
                return false;
            }

            int length = Math.Min(AtomicLength, _bytes.Length - _written);
            if (!TryWrite(_bytes.AsSpan(_written, length), out IoResult result))
            {
                return false;
            }

            _written += result.Count;
            error = result.Error;
        }

        return true;
    }

    // A socket that is ready may take less than the length, and would wait for the rest. It has a call that does not wait.
    private bool TryWrite(ReadOnlySpan<byte> part, out IoResult result)
    {
        fixed (byte* start = part)
        {
            nint sent = Libc.send(Descriptor.Number, start, (nuint)part.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent >= 0 || Errno.Last.Number != ENOTSOCK)
            {
                result = new IoResult((int)Math.Max(sent, 0), sent < 0 ? Errno.Last : Errno.None);
                return !result.Error.IsWouldBlock;
            }
        }

        return Descriptor.TryWrite(part, out result);
    }
}
