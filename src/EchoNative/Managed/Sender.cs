using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>
/// Sends standard input until the quit line or the end of file, then half-closes. It writes no message: it stores what went
/// wrong in <see cref="SenderState"/>, and the receiving thread reports it.
/// </summary>
/// <param name="server">The connection, a non-blocking socket. The caller owns it.</param>
/// <param name="raw">Whether the quit line is data.</param>
/// <param name="verify">Whether to compute a checksum of what was sent.</param>
/// <param name="state">The state for the receiving thread to read.</param>
internal sealed class Sender(Socket server, bool raw, bool verify, SenderState state)
{
    private const int BufferLength = 64 * 1024;
    private const int Forever = -1;

    private readonly byte[] _buffer = new byte[BufferLength];

    /// <summary>
    /// Starts a thread that sends. It is a background thread, which does not keep the process alive: a read from a terminal
    /// can't be cancelled.
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
            // The half-close tells the server that no more bytes follow. The other thread continues to receive.
            server.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception)
        {
            state.ShutdownError = isComplete ? Reason.Of(exception) : null;
        }
    }

    /// <summary>Sends until the quit line, the end of file or an error.</summary>
    /// <returns>Whether all input was read and sent.</returns>
    private bool SendAll()
    {
        QuitLineCutter input = new(_buffer, raw);
        while (!input.IsAtEnd)
        {
            int count = ByteStream.Input.Read(input.Room, out string? error);
            if (error is not null)
            {
                state.InputError = error;
                state.IsComplete = true;
                return false;
            }

            if (!TrySend(input.Take(count)))
            {
                return false;
            }
        }

        // Before the half-close: the server's end of file may follow at once, and must not count as too early.
        state.IsComplete = true;
        return true;
    }

    private bool TrySend(ReadOnlySpan<byte> bytes)
    {
        state.IsSending = true;
        SocketError error = SocketError.Success;
        while (!bytes.IsEmpty && error == SocketError.Success)
        {
            // What the system has taken is counted after each call. One call that blocks until all is taken would not tell how
            // much that was, if the connection ends.
            int sent = server.Send(bytes, SocketFlags.None, out error);
            state.SentChecksum = verify ? state.SentChecksum.With(bytes[..sent]) : default;
            state.Sent += sent;
            bytes = bytes[sent..];
            if (error == SocketError.WouldBlock)
            {
                _ = server.Poll(Forever, SelectMode.SelectWrite);
                error = SocketError.Success;
            }
        }

        if (error != SocketError.Success)
        {
            state.SendFailedByServer =
                error is SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted;
            state.SendError = Reason.Of(new SocketException((int)error));
        }

        state.IsSending = false;
        return error == SocketError.Success;
    }
}
