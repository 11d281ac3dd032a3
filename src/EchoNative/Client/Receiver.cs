using System;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Client;

/// <summary>The parent's work: receives until the server's end of file, and shows what comes.</summary>
internal sealed class Receiver
{
    private const int BufferLength = 64 * 1024;

    private readonly ConnectedSocket _server;
    private readonly bool _verify;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly ReplyDisplay _display;
    private bool _waits = true;

    /// <summary>Has received nothing yet.</summary>
    /// <param name="server">The connection. The caller owns it.</param>
    /// <param name="options">
    /// Whether bytes are shown as they come, without the prefix, or counted only; and whether they get a checksum.
    /// </param>
    public Receiver(ConnectedSocket server, ClientOptions options)
    {
        _server = server;
        _verify = options.Verify;
        _display = new ReplyDisplay(options.Raw, options.Quiet, TryWrite);
    }

    /// <summary>How many bytes have come.</summary>
    public long Received { get; private set; }

    /// <summary>Their checksum, where one is wanted.</summary>
    public Checksum ReceivedChecksum { get; private set; }

    /// <summary>Why the connection could not be read from.</summary>
    public Errno ReceiveError { get; private set; }

    /// <summary>Why standard output could not be written to.</summary>
    public Errno OutputError { get; private set; }

    /// <summary>
    /// Receives only what has arrived already, from now on: where the server can't be told that no more will
    /// come, its end of file may never follow.
    /// </summary>
    public void StopWaiting() => _waits = false;

    /// <summary>Receives until the server has ended or something fails.</summary>
    /// <param name="mask">The signals that stay blocked during the waits; the handlers of others run there.</param>
    /// <param name="status">What is to be told meanwhile, if anything.</param>
    public void ReceiveAll(in SignalSet mask, StatusLine? status)
    {
        while (true)
        {
            status?.Refresh(Received);
            bool waits = _waits;
            int milliseconds = !waits ? 0 : status?.Milliseconds ?? Poll.Forever;
            PollOutcome outcome = Poll.WaitReadable(_server.Descriptor, milliseconds, mask);
            if (outcome == PollOutcome.TimedOut && !waits)
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
