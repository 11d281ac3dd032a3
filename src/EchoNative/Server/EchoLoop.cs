using System;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The echo: writes back all bytes that the client sends, until its end of file or an error of the connection.
/// </summary>
/// <remarks>
/// Small messages go through the buffer, by read(2) and write(2). When the buffer is full several times in a row, splice(2)
/// takes over: it moves the kernel's pages through a pipe and copies nothing. For small messages it would cost more, so the
/// loop goes back to the buffer when messages are small. It also goes back where splice(2) brings nothing: read(2) then says
/// whether that is the end of file.
/// </remarks>
/// <param name="client">
/// The connected socket. The caller owns it. With a limit for idle time it has timeouts of its own, see
/// <see cref="ListeningSocket.Open"/>.
/// </param>
/// <param name="buffer">Holds the bytes between read and write.</param>
/// <param name="idleSeconds">
/// After how many seconds without a byte in either direction the session ends with EAGAIN; 0 for never.
/// </param>
/// <param name="output">Where the answers go, if the client is no socket but two files such as pipes.</param>
internal ref struct EchoLoop(FileDescriptor client, Span<byte> buffer, int idleSeconds = 0, FileDescriptor? output = null)
{
    private const int MillisecondsPerSecond = 1000;

    // A pipe that is ready takes as much without waiting: PIPE_BUF; see pipe(7).
    private const int AtomicLength = 4096;

    // After so many full buffers in a row splice(2) is used, and after so many small moves in a row the buffer again.
    private const int BulkAfter = 4;
    private const int SmallAfter = 4;

    private readonly Span<byte> _buffer = buffer;
    private readonly FileDescriptor _client = client;
    private readonly int _idleMilliseconds = idleSeconds > 0 ? idleSeconds * MillisecondsPerSecond : Poll.Forever;
    private readonly FileDescriptor _output = output ?? client;
    private readonly bool _isSocket = output is null;
    private bool _copiesOnly = output is not null;

    /// <summary>The number of bytes that were written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Echoes until the session ends.</summary>
    /// <param name="received">How many bytes are at the start of the buffer already. They are written back first.</param>
    /// <returns>The error that ended the session; none at the client's end of file.</returns>
    public Errno Run(int received = 0)
    {
        if (received > 0)
        {
            IoResult sent = Send(_buffer[..received]);
            Bytes += sent.Count;
            if (sent.Failed)
            {
                return sent.Error;
            }
        }

        while (true)
        {
            Ending? ending = CopyUntilBulk() ?? SpliceUntilSmall();
            if (ending is Ending end)
            {
                return end.Failure;
            }
        }
    }

    /// <summary>Reads bytes into the buffer, for <see cref="Run"/>. Fails with EAGAIN at the idle timeout.</summary>
    public readonly IoResult Receive()
    {
        if (_isSocket)
        {
            return _client.Read(_buffer, _idleMilliseconds);
        }

        return _client.WaitReadable(_idleMilliseconds) ? _client.Read(_buffer) : new IoResult(0, Errno.WouldBlock);
    }

    /// <summary>Sends bytes that are not counted. Fails with EAGAIN at the idle timeout.</summary>
    public readonly IoResult Send(ReadOnlySpan<byte> bytes) =>
        _isSocket || _idleMilliseconds == Poll.Forever ? _output.WriteAll(bytes, _idleMilliseconds) : SendToPipe(bytes);

    /// <summary>Echoes through the buffer.</summary>
    /// <returns>How the session ended, or null when it is time for splice(2).</returns>
    private Ending? CopyUntilBulk()
    {
        int full = 0;
        while (full < BulkAfter || _copiesOnly)
        {
            IoResult received = Receive();
            if (received.Failed || received.IsEndOfFile)
            {
                return new Ending(received.Error);
            }

            if (SendBack(_buffer[..received.Count]) is Ending ending)
            {
                return ending;
            }

            full = received.Count == _buffer.Length ? full + 1 : 0;
        }

        return null;
    }

    /// <summary>Echoes through a pipe by splice(2).</summary>
    /// <returns>How the session ended, or null when it is time for the buffer.</returns>
    private Ending? SpliceUntilSmall()
    {
        if (!SplicePipe.TryOpen(out SplicePipe pipe))
        {
            _copiesOnly = true; // no descriptors are free
            return null;
        }

        Ending? ending = null;
        int small = 0;
        while (small < SmallAfter && ending is null && !_copiesOnly)
        {
            if (!_client.WaitReadable(_idleMilliseconds))
            {
                ending = new Ending(Errno.WouldBlock);
                break;
            }

            IoResult received = pipe.Fill(_client);
            if (received.Count == 0)
            {
                ending = Judge(received.Error);
                break;
            }

            ending = Drain(pipe, received.Count);
            small = received.Count < _buffer.Length ? small + 1 : 0;
        }

        pipe.Close();
        return ending;
    }

    /// <summary>Writes back what is in the pipe. What splice(2) does not move is copied.</summary>
    private Ending? Drain(SplicePipe pipe, int count)
    {
        IoResult moved = pipe.Drain(_client, count);
        Bytes += moved.Count;
        Ending? ending = moved.Count < count ? Judge(moved.Error) : null;
        for (int left = count - moved.Count; left > 0 && ending is null;)
        {
            IoResult copied = pipe.ReadEnd.Read(_buffer[..Math.Min(left, _buffer.Length)]);
            ending = copied.Count > 0 ? SendBack(_buffer[..copied.Count]) : new Ending(copied.Error);
            left -= copied.Count;
        }

        return ending;
    }

    /// <summary>
    /// Decides what follows a splice(2) that has moved nothing. Only an error of the connection ends the session; at any other
    /// error splice(2) is not possible here, and 0 may be the end of file or urgent data.
    /// </summary>
    private Ending? Judge(Errno error)
    {
        // EAGAIN: another process has made the socket non-blocking, or the client reads too slowly.
        _copiesOnly |= error.IsError && !error.IsWouldBlock;
        return error.IsOfConnection ? new Ending(error) : null;
    }

    private Ending? SendBack(ReadOnlySpan<byte> bytes)
    {
        IoResult sent = Send(bytes);
        Bytes += sent.Count;
        return sent.Failed ? new Ending(sent.Error) : null;
    }

    private readonly IoResult SendToPipe(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        while (written < bytes.Length)
        {
            if (!_output.WaitWritable(_idleMilliseconds))
            {
                return new IoResult(written, Errno.WouldBlock);
            }

            ReadOnlySpan<byte> rest = bytes[written..];
            if (_output.TryWrite(rest[..Math.Min(AtomicLength, rest.Length)], out IoResult step) && step.Failed)
            {
                return new IoResult(written, step.Error);
            }

            written += step.Count;
        }

        return new IoResult(written, Errno.None);
    }

    /// <summary>The end of the session, and the error that caused it, if any.</summary>
    private readonly record struct Ending(Errno Failure);
}
