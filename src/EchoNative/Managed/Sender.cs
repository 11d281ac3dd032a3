using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// Sends standard input until the quit line or the end of file, then half-closes. It says nothing itself: what goes
/// wrong is left in the tally.
/// </summary>
/// <param name="server">The connection, which does not wait. The caller owns it.</param>
/// <param name="raw">Whether the quit line is data.</param>
/// <param name="verify">Whether the tally gets a checksum of what was sent.</param>
/// <param name="tally">What the receiver gets to know.</param>
internal sealed class Sender(Socket server, bool raw, bool verify, Tally tally)
{
    private const int BufferLength = 64 * 1024;
    private const int Forever = -1;

    private readonly byte[] _buffer = new byte[BufferLength];

    /// <summary>
    /// Begins, in a thread of its own: a read from a terminal can't be broken off, and this thread does not keep the
    /// process from ending while it waits in one.
    /// </summary>
    public Thread Start()
    {
        Thread thread = new(Run) { IsBackground = true, Name = "sender" };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        bool isComplete = SendAll();
        try
        {
            // The half-close: "no more" for the server, while the other thread goes on receiving.
            server.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception)
        {
            tally.ShutdownError = isComplete ? Reason.Of(exception) : null;
        }
    }

    /// <summary>Sends until there is no more to send.</summary>
    /// <returns>Whether all of it was read and sent.</returns>
    private bool SendAll()
    {
        bool atLineStart = true;
        int kept = 0; // bytes at the start of the buffer that may become the quit line
        while (true)
        {
            int count = ByteStream.Input.Read(_buffer.AsSpan(kept), out string? error);
            if (error is not null)
            {
                tally.InputError = error;
                tally.IsComplete = true;
                return false;
            }

            bool atEnd = count == 0;
            ReadOnlySpan<byte> input = _buffer.AsSpan(0, kept + count);
            (int length, bool quit) = raw ? (input.Length, false) : QuitLine.Find(input, atLineStart, atEnd);
            if (!TrySend(input[..length]))
            {
                return false;
            }

            if (quit || atEnd)
            {
                // Told before it is done: an end of file that follows is the answer to it.
                tally.IsComplete = true;
                return true;
            }

            kept = input.Length - length;
            if (kept > 0)
            {
                _buffer[0] = input[length];
            }

            atLineStart = kept > 0 || input[length - 1] == (byte)'\n';
        }
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        tally.IsSending = true;
        SocketError error = SocketError.Success;
        while (!bytes.IsEmpty && error == SocketError.Success)
        {
            // What the system has taken is counted call by call: a write that waits for the rest would not tell, once
            // the connection has ended.
            int sent = server.Send(bytes, SocketFlags.None, out error);
            tally.SentChecksum = verify ? tally.SentChecksum.With(bytes[..sent]) : default;
            tally.Sent += sent;
            bytes = bytes[sent..];
            if (error == SocketError.WouldBlock)
            {
                _ = server.Poll(Forever, SelectMode.SelectWrite);
                error = SocketError.Success;
            }
        }

        if (error != SocketError.Success)
        {
            tally.SendFailedByServer = error is SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted;
            tally.SendError = Reason.Of(new SocketException((int)error));
        }

        tally.IsSending = false;
        return error == SocketError.Success;
    }
}
