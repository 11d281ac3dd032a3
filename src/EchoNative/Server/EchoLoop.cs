using System;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The echo itself: writes back whatever comes, until the client's end of file or an error of the
/// connection.
/// </summary>
/// <remarks>
/// Small messages go through the buffer, by read(2) and write(2). Where the buffer is full again and again,
/// splice(2) takes over: it passes the kernel's own pages on through a pipe and copies nothing. For small messages it would cost more, so it gives back when traffic turns small.
/// </remarks>
/// <param name="client">The connected socket. The caller owns it.</param>
/// <param name="buffer">Where what is read waits to be written.</param>
/// <param name="givesUp">Whether the socket has a time after which it answers EAGAIN, which ends the session.</param>
internal ref struct EchoLoop(FileDescriptor client, Span<byte> buffer, bool givesUp = false)
{
    // So many full buffers in a row are bulk; so many small moves in a row are not.
    private const int BulkAfter = 4;
    private const int SmallAfter = 4;

    private readonly Span<byte> _buffer = buffer;
    private readonly FileDescriptor _client = client;
    private readonly bool _givesUp = givesUp;
    private bool _pipeFailed;

    /// <summary>How many bytes have been written back.</summary>
    public long Bytes { get; private set; }

    /// <summary>Echoes until the end.</summary>
    /// <returns>Why it ended, if not by the client's end of file.</returns>
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

    /// <summary>Reads and writes back.</summary>
    /// <returns>How the session ended, or null when it is time for the pipe.</returns>
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

    /// <summary>Passes on through the pipe.</summary>
    /// <returns>How the session ended, or null when it is time for the buffer.</returns>
    private Ending? SpliceUntilSmall()
    {
        if (!SplicePipe.TryOpen(out SplicePipe pipe))
        {
            _pipeFailed = true; // no descriptors are left for it: the buffer will do
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

    /// <summary>The end of the session, with its reason where there is one.</summary>
    private readonly record struct Ending(Errno Failure);
}
