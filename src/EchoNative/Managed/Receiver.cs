using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>Receives until the server's end of file, and shows what comes.</summary>
/// <param name="server">The connection, which does not wait. The caller owns it.</param>
/// <param name="options">
/// Whether bytes are shown as they come, without the prefix, or counted only; and whether they get a checksum.
/// </param>
internal sealed class Receiver(Socket server, ClientOptions options)
{
    private const int BufferLength = 64 * 1024;
    private const int Forever = -1;

    private readonly byte[] _input = new byte[BufferLength];
    private readonly byte[] _output = new byte[BufferLength];
    private MessagePrefix _prefix;
    private long _received;

    /// <summary>How many bytes have come. Any thread may ask.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Their checksum, where one is wanted.</summary>
    public Checksum ReceivedChecksum { get; private set; }

    /// <summary>Why the connection could not be read from.</summary>
    public string? ReceiveError { get; private set; }

    /// <summary>Why standard output could not be written to.</summary>
    public string? OutputError { get; private set; }

    /// <summary>Receives until the server has ended or something fails.</summary>
    public void ReceiveAll()
    {
        while (true)
        {
            int count = server.Receive(_input, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                _ = server.Poll(Forever, SelectMode.SelectRead);
                continue;
            }

            if (error != SocketError.Success || count == 0)
            {
                ReceiveError = error == SocketError.Success ? null : Reason.Of(new SocketException((int)error));
                break;
            }

            Count(_input.AsSpan(0, count));
            if (!TryShow(_input.AsSpan(0, count)))
            {
                return;
            }
        }

        if (_prefix.IsWithinLine)
        {
            _ = TryWrite("\n"u8);
        }
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _received, _received + bytes.Length);
        if (options.Verify)
        {
            ReceivedChecksum = ReceivedChecksum.With(bytes);
        }
    }

    private bool TryShow(ReadOnlySpan<byte> bytes)
    {
        if (options.Quiet)
        {
            return true;
        }

        if (options.Raw)
        {
            return TryWrite(bytes);
        }

        while (!bytes.IsEmpty)
        {
            int length = _prefix.Show(ref bytes, _output);
            if (!TryWrite(_output.AsSpan(0, length)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        OutputError = ByteStream.Output.Write(bytes);
        return OutputError is null;
    }
}
