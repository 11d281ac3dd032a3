using System;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>
/// Reads the PROXY header of a connection within its time. Of the bytes that arrive with it, those that follow it stay at the
/// start of the buffer. It makes no system calls but ppoll, read and clock_gettime, and uses no heap.
/// </summary>
/// <param name="client">The connected socket. The caller owns it.</param>
/// <param name="buffer">Holds the bytes; longer than any header without its optional part.</param>
/// <param name="idleSeconds">The idle timeout, which ends the wait for the next byte too; 0 for none.</param>
internal ref struct HeaderReader(FileDescriptor client, Span<byte> buffer, int idleSeconds)
{
    private const int MillisecondsPerSecond = 1000;

    private readonly FileDescriptor _client = client;
    private readonly Span<byte> _buffer = buffer;
    private readonly long _idleMilliseconds = idleSeconds > 0 ? (long)idleSeconds * MillisecondsPerSecond : long.MaxValue;
    private readonly long _end = MonotonicClock.Milliseconds + ProxyHeader.MostMilliseconds;

    /// <summary>The header, if <see cref="Run"/> returned true.</summary>
    public ProxyHeader Header { get; private set; }

    /// <summary>How many bytes that follow the header are at the start of the buffer.</summary>
    public int Received { get; private set; }

    /// <summary>Whether the client has sent nothing at all.</summary>
    public bool IsSilent { get; private set; } = true;

    /// <summary>The error of the connection that ended it, if any; EAGAIN at the idle timeout.</summary>
    public Errno Failure { get; private set; }

    /// <summary>What is wrong with the header, if anything.</summary>
    public ReadOnlySpan<byte> Reason { get; private set; }

    /// <summary>Whether the client has sent an end of file, so that the header never becomes complete.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <param name="host">Gets the client's address; <see cref="ProxyHeader.HostRoom"/> bytes.</param>
    /// <returns>Whether there is a valid header. If not, the session is over.</returns>
    public bool Run(scoped Span<byte> host)
    {
        int filled = 0;
        do
        {
            if (!TryRead(_buffer[filled..], out int count))
            {
                return false;
            }

            filled += count;
            Header = ProxyHeader.Parse(_buffer[..filled], host);
        }
        while (Header.State == ProxyHeaderState.Incomplete);

        if (Header.State != ProxyHeaderState.Complete)
        {
            Reason = Header.State == ProxyHeaderState.Missing ? ProxyHeader.MissingText : ProxyHeader.WrongText;
            return false;
        }

        Received = Math.Max(filled - Header.Length, 0);
        _buffer[(filled - Received)..filled].CopyTo(_buffer);
        return TryDrop(Header.Length - filled);
    }

    // The optional part of a header may be longer than the buffer.
    private bool TryDrop(int length)
    {
        while (length > 0)
        {
            if (!TryRead(_buffer[..Math.Min(length, _buffer.Length)], out int count))
            {
                return false;
            }

            length -= count;
        }

        return true;
    }

    private bool TryRead(Span<byte> destination, out int count)
    {
        count = 0;
        while (TryWait())
        {
            if (!_client.TryRead(destination, out IoResult received))
            {
                continue; // another process has the socket too, and has taken the bytes
            }

            count = received.Count;
            Failure = received.Error;
            IsAtEnd = received.IsEndOfFile;
            Reason = !IsAtEnd ? default : IsSilent ? ProxyHeader.MissingText : ProxyHeader.CutText;
            IsSilent &= count == 0;
            return count > 0;
        }

        return false;
    }

    private bool TryWait()
    {
        while (true)
        {
            long left = _end - MonotonicClock.Milliseconds;
            if (left <= 0)
            {
                Reason = ProxyHeader.LateText;
                return false;
            }

            PollOutcome outcome = Poll.WaitReadable(_client, (int)Math.Min(left, _idleMilliseconds), out Errno failure);
            bool isIdle = outcome == PollOutcome.TimedOut && _idleMilliseconds < left;
            Failure = isIdle ? Errno.WouldBlock : failure;
            if (outcome == PollOutcome.Ready || Failure.IsError)
            {
                return outcome == PollOutcome.Ready;
            }
        }
    }
}
