using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>Receives until the server's end of file, and shows what arrives.</summary>
internal sealed class Receiver
{
    private const int BufferLength = 64 * 1024;
    private const int MicrosecondsPerMillisecond = 1000;

    private readonly Socket _server;
    private readonly bool _verify;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly ReplyDisplay _display;
    private readonly SenderState _sender;
    private readonly AnswerLimit _limit;
    private long _received;

    /// <summary>Prepares to receive.</summary>
    /// <param name="server">The connection, a non-blocking socket. The caller owns it.</param>
    /// <param name="options">How bytes are shown, whether a checksum of them is computed, and how long to wait.</param>
    /// <param name="sender">Where the sender counts.</param>
    public Receiver(Socket server, ClientOptions options, SenderState sender)
    {
        _sender = sender;
        _limit = new AnswerLimit(options.Wait, () => Stopwatch.GetElapsedTime(0).Ticks * TimeSpan.NanosecondsPerTick);
        _server = server;
        _verify = options.Verify;
        _display = new ReplyDisplay(options.Raw, options.Quiet, TryWrite);
    }

    /// <summary>How many bytes have arrived. Any thread may read it.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Their checksum; of no bytes without --verify.</summary>
    public Checksum ReceivedChecksum { get; private set; }

    /// <summary>Why the connection could not be read.</summary>
    public string? ReceiveError { get; private set; }

    /// <summary>Why standard output could not be written.</summary>
    public string? OutputError { get; private set; }

    /// <summary>Whether no answer came for as long as the options allow.</summary>
    public bool IsUnanswered { get; private set; }

    // While a write is in progress, the count of sent bytes may be too low.
    private bool IsAnswerMissing => _sender.IsComplete || _sender.IsSending || _sender.Sent > Received;

    /// <summary>Receives until the server's end of file, an error, or the limit of the wait for an answer.</summary>
    public void ReceiveAll()
    {
        while (true)
        {
            int count = _server.Receive(_input, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                int milliseconds = _limit.MillisecondsUntilCheck; // -1 for ever
                int microseconds = milliseconds < 0 ? milliseconds : milliseconds * MicrosecondsPerMillisecond;
                IsUnanswered = !_server.Poll(microseconds, SelectMode.SelectRead) && _limit.Check(IsAnswerMissing);
                if (IsUnanswered)
                {
                    break;
                }

                continue;
            }

            if (error != SocketError.Success || count == 0)
            {
                ReceiveError = error == SocketError.Success ? null : Reason.Of(new SocketException((int)error));
                break;
            }

            Count(_input.AsSpan(0, count));
            if (!_display.TryShow(_input.AsSpan(0, count)))
            {
                return;
            }

            _limit.Restart();
        }

        _display.EndLine();
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _received, _received + bytes.Length);
        if (_verify)
        {
            ReceivedChecksum = ReceivedChecksum.With(bytes);
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        OutputError = ByteStream.Output.Write(bytes);
        return OutputError is null;
    }
}
