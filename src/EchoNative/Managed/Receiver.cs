using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>Receives until the server's end of file, and shows what arrives.</summary>
internal sealed class Receiver
{
    private const int BufferLength = 64 * 1024;
    private const int Forever = -1;

    private readonly Socket _server;
    private readonly bool _verify;
    private readonly byte[] _input = new byte[BufferLength];
    private readonly ReplyDisplay _display;
    private long _received;

    /// <summary>Prepares to receive.</summary>
    /// <param name="server">The connection, a non-blocking socket. The caller owns it.</param>
    /// <param name="options">How bytes are shown, and whether a checksum of them is computed.</param>
    public Receiver(Socket server, ClientOptions options)
    {
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

    /// <summary>Receives until the server's end of file or an error.</summary>
    public void ReceiveAll()
    {
        while (true)
        {
            int count = _server.Receive(_input, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                _ = _server.Poll(Forever, SelectMode.SelectRead);
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
