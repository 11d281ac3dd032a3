using System;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>The parent: receives until the server's end of file, and shows what arrives.</summary>
internal sealed class Receiver
{
    private const int BufferLength = 64 * 1024;

    private readonly ConnectedSocket _server;
    private readonly bool _verify;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly ReplyDisplay _display;
    private bool _isWaiting = true;

    /// <summary>Prepares to receive.</summary>
    /// <param name="server">The connection. The caller owns it.</param>
    /// <param name="options">How bytes are shown, and whether a checksum of them is computed.</param>
    public Receiver(ConnectedSocket server, ClientOptions options)
    {
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

    /// <summary>Why standard output could not be written.</summary>
    public Errno OutputError { get; private set; }

    /// <summary>
    /// From now on receives only what has arrived already. Call it when the half-close has failed: the server may then never
    /// end.
    /// </summary>
    public void StopWaiting() => _isWaiting = false;

    /// <summary>Receives until the server's end of file or an error.</summary>
    /// <param name="mask">The signals that stay blocked during the waits; the handlers of others run there.</param>
    /// <param name="status">The status line to refresh during the transfer, or null.</param>
    public void ReceiveAll(in SignalSet mask, StatusLine? status)
    {
        while (true)
        {
            status?.Refresh(Received);
            bool isWaiting = _isWaiting; // a handler may change it during the wait
            int milliseconds = !isWaiting ? 0 : status?.MillisecondsUntilDue ?? Poll.Forever;
            PollOutcome outcome = Poll.WaitReadable(_server.Descriptor, milliseconds, mask);
            if (outcome == PollOutcome.TimedOut && !isWaiting)
            {
                break;
            }

            if (outcome != PollOutcome.Ready)
            {
                continue;
            }

            IoResult read = _server.Read(_input);
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
        }

        _display.EndLine();
    }

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
