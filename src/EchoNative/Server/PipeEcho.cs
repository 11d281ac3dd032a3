using System;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The echo of a client that is no socket: whatever can be read from one descriptor is written to another, until the end of
/// file or an error.
/// </summary>
/// <param name="input">What is read. The caller owns it.</param>
/// <param name="output">What is written. The caller owns it.</param>
/// <param name="buffer">Holds the bytes between read and write.</param>
/// <param name="idleSeconds">The session ends after so many seconds in which nothing can be read or written; 0 for never.</param>
internal ref struct PipeEcho(FileDescriptor input, FileDescriptor output, Span<byte> buffer, int idleSeconds)
{
    // A pipe that is ready takes as much without waiting: PIPE_BUF; see pipe(7).
    private const int AtomicLength = 4096;
    private const int MillisecondsPerSecond = 1000;

    private readonly FileDescriptor _input = input;
    private readonly FileDescriptor _output = output;
    private readonly Span<byte> _buffer = buffer;
    private readonly int _milliseconds = idleSeconds > 0 ? idleSeconds * MillisecondsPerSecond : Poll.Forever;

    /// <summary>The number of bytes that were written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Echoes until the session ends.</summary>
    /// <returns>The error that ended the session, EAGAIN if it was idle; none at the end of file.</returns>
    public Errno Run()
    {
        while (true)
        {
            if (_milliseconds != Poll.Forever && !Poll.WaitFor(_input, forWriting: false, _milliseconds))
            {
                return Errno.WouldBlock;
            }

            IoResult received = _input.Read(_buffer);
            if (received.Failed || received.IsEndOfFile)
            {
                return received.Error;
            }

            Errno failure = Write(_buffer[..received.Count]);
            if (failure.IsError)
            {
                return failure;
            }
        }
    }

    private Errno Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!Poll.WaitFor(_output, forWriting: true, _milliseconds))
            {
                return Errno.WouldBlock;
            }

            bool isDone = _output.TryWrite(bytes[..Math.Min(AtomicLength, bytes.Length)], out IoResult written);
            if (isDone && written.Failed)
            {
                return written.Error;
            }

            Bytes += written.Count;
            bytes = bytes[written.Count..];
        }

        return Errno.None;
    }
}
