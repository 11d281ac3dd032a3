using System;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The echo: writes back all bytes that the client sends, until its end of file or an error of the connection.
/// </summary>
/// <remarks>
/// Small messages go through the buffer, by read(2) and write(2). When the buffer is full several times in a row, splice(2)
/// takes over: it moves the kernel's pages through a pipe and copies nothing. For small messages it would cost more, so the
/// loop goes back to the buffer when messages are small.
/// </remarks>
/// <param name="client">The connected socket. The caller owns it.</param>
/// <param name="buffer">Holds the bytes between read and write.</param>
/// <param name="givesUp">Whether the socket has a timeout: EAGAIN then ends the session.</param>
internal ref struct EchoLoop(FileDescriptor client, Span<byte> buffer, bool givesUp = false)
{
    // After so many full buffers in a row splice(2) is used, and after so many small moves in a row the buffer again.
    private const int BulkAfter = 4;
    private const int SmallAfter = 4;

    private readonly Span<byte> _buffer = buffer;
    private readonly FileDescriptor _client = client;
    private readonly bool _givesUp = givesUp;
    private bool _pipeFailed;

    /// <summary>The number of bytes that were written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Echoes until the session ends.</summary>
    /// <returns>The error that ended the session; none at the client's end of file.</returns>
    public Errno Run()
    {
        while (true)
        {
            Ending? ending = CopyUntilBulk() ?? SpliceUntilSmall();
            if (ending is Ending end)
            {
                return end.Failure;
            }
        }
    }

    /// <summary>Echoes through the buffer.</summary>
    /// <returns>How the session ended, or null when it is time for splice(2).</returns>
    private Ending? CopyUntilBulk()
    {
        int full = 0;
        while (full < BulkAfter || _pipeFailed)
        {
            IoResult received = Receive();
            if (received.Failed || received.IsEndOfFile)
            {
                return new Ending(received.Error);
            }

            IoResult sent = Send(_buffer[..received.Count]);
            Bytes += sent.Count;
            if (sent.Failed)
            {
                return new Ending(sent.Error);
            }

            full = received.Count == _buffer.Length ? full + 1 : 0;
        }

        return null;
    }

    private readonly IoResult Receive()
    {
        if (!_givesUp)
        {
            return _client.Read(_buffer);
        }

        _ = _client.TryRead(_buffer, out IoResult received);
        return received;
    }

    private readonly IoResult Send(ReadOnlySpan<byte> bytes)
    {
        if (!_givesUp)
        {
            return _client.WriteAll(bytes);
        }

        int written = 0;
        Errno failure = Errno.None;
        while (written < bytes.Length && !failure.IsError)
        {
            _ = _client.TryWrite(bytes[written..], out IoResult sent);
            written += sent.Count;
            failure = sent.Error;
        }

        return new IoResult(written, failure);
    }

    /// <summary>Echoes through a pipe by splice(2).</summary>
    /// <returns>How the session ended, or null when it is time for the buffer.</returns>
    private Ending? SpliceUntilSmall()
    {
        if (!SplicePipe.TryOpen(out SplicePipe pipe))
        {
            _pipeFailed = true; // no descriptors are free: the buffer is used from now on
            return null;
        }

        Ending? ending = null;
        int small = 0;
        while (small < SmallAfter && ending is null)
        {
            IoResult received = pipe.Fill(_client);
            if (received.Failed || received.IsEndOfFile)
            {
                ending = new Ending(received.Error);
            }
            else
            {
                IoResult sent = pipe.Drain(_client, received.Count);
                Bytes += sent.Count;
                ending = sent.Failed ? new Ending(sent.Error) : null;
                small = received.Count < _buffer.Length ? small + 1 : 0;
            }
        }

        pipe.Close();
        return ending;
    }

    /// <summary>The end of the session, and the error that caused it, if any.</summary>
    private readonly record struct Ending(Errno Failure);
}
