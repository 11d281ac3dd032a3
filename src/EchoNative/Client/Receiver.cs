using System;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>The parent: receives until the server's end of file, and shows what arrives.</summary>
internal sealed class Receiver
{
    private const int BufferLength = 64 * 1024;
    private const int MostFailedWaits = 10;

    private readonly ConnectedSocket _server;
    private readonly bool _verify;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly ReplyDisplay _display;
    private readonly SenderState _sender;
    private readonly AnswerLimit _limit;
    private bool _isWaiting = true;
    private bool _isHalfClosed;
    private int _failedWaits; // in a row, while nothing has arrived

    /// <summary>Prepares to receive.</summary>
    /// <param name="server">The connection. The caller owns it.</param>
    /// <param name="options">How bytes are shown, whether a checksum of them is computed, and how long to wait.</param>
    /// <param name="sender">Where the sender counts.</param>
    public Receiver(ConnectedSocket server, ClientOptions options, SenderState sender)
    {
        _sender = sender;
        _limit = new AnswerLimit(options.Wait, () => MonotonicClock.Nanoseconds);
        _server = server;
        _verify = options.Verify;
        _display = new ReplyDisplay(options.Raw, options.Quiet, TryWrite);
    }

    /// <summary>How many bytes have arrived.</summary>
    public long Received { get; private set; }

    /// <summary>Their checksum; of no bytes without --verify.</summary>
    public Checksum ReceivedChecksum { get; private set; }

    /// <summary>Why the connection could not be read.</summary>
    public Errno ReceiveError { get; private set; }

    /// <summary>Why the receiver could not wait for bytes.</summary>
    public Errno WaitError { get; private set; }

    /// <summary>Why standard output could not be written.</summary>
    public Errno OutputError { get; private set; }

    /// <summary>Whether no answer came for as long as the options allow.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>Whether the client ended the transfer although the connection was in order.</summary>
    public bool HasGivenUp => IsUnanswered || WaitError.IsError;

    // While a write is in progress, the count of sent bytes may be too low.
    private bool IsAnswerMissing => _isHalfClosed || _sender.IsComplete || _sender.IsSending || _sender.Sent > Received;

    /// <summary>The connection is half-closed, and not by the sender: from now on the server's end of file is missing.</summary>
    public void ExpectEnd() => _isHalfClosed = true;

    /// <summary>
    /// From now on receives only what has arrived already. Call it when the half-close has failed: the server may then never
    /// end.
    /// </summary>
    public void StopWaiting() => _isWaiting = false;

    /// <summary>
    /// Receives until the server's end of file, an error, or the limit of the wait for an answer. While ppoll(2) fails, it
    /// receives what has arrived already, and ends after a few failures without a byte.
    /// </summary>
    /// <param name="mask">The signals that stay blocked during the waits; the handlers of others run there.</param>
    /// <param name="status">The status line to refresh during the transfer, or null.</param>
    public void ReceiveAll(in SignalSet mask, StatusLine? status)
    {
        while (true)
        {
            status?.Refresh(Received);
            bool isWaiting = _isWaiting; // a handler may change it during the wait
            int milliseconds =
                !isWaiting ? 0 : Sooner(_limit.MillisecondsUntilCheck, status?.MillisecondsUntilDue ?? Poll.Forever);
            PollOutcome outcome = Poll.WaitReadable(_server.Descriptor, milliseconds, mask);
            if (outcome is PollOutcome.TimedOut or PollOutcome.Interrupted)
            {
                IsUnanswered = outcome == PollOutcome.TimedOut && _limit.Check(IsAnswerMissing);
                if (IsUnanswered || (outcome == PollOutcome.TimedOut && !isWaiting))
                {
                    break;
                }

                continue;
            }

            bool isReady = outcome == PollOutcome.Ready;
            IoResult read = isReady ? _server.Read(_input) : _server.ReadArrived(_input);
            if (!isReady && read.Error.IsWouldBlock)
            {
                if (++_failedWaits == MostFailedWaits)
                {
                    WaitError = Poll.Failure;
                    break;
                }

                continue;
            }

            _failedWaits = 0;
            Count(_input.AsSpan(0, read.Count));
            if (read.Failed || read.IsEndOfFile)
            {
                ReceiveError = read.Error;
                break;
            }

            if (!_display.TryShow(_input.AsSpan(0, read.Count)))
            {
                return;
            }

            _limit.Restart();
        }

        _display.EndLine();
    }

    // Of two waits, Poll.Forever is the longest.
    private static int Sooner(int first, int second) => (int)Math.Min((uint)first, (uint)second);

    private void Count(ReadOnlySpan<byte> bytes)
    {
        Received += bytes.Length;
        if (_verify)
        {
            ReceivedChecksum = ReceivedChecksum.With(bytes);
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        OutputError = StandardStream.Output.WriteAll(bytes).Error;
        return !OutputError.IsError;
    }
}
