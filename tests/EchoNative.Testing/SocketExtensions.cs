using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>What a test does with the socket of a client or server.</summary>
public static class SocketExtensions
{
    /// <summary>Sends all bytes.</summary>
    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Sends a text.</summary>
    public static void SendText(this Socket socket, string text) => socket.SendAll(Encoding.UTF8.GetBytes(text));

    /// <summary>Receives this number of bytes.</summary>
    /// <exception cref="EndOfStreamException">The end of file came before.</exception>
    public static byte[] ReceiveExactly(this Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        int count = 0;
        while (count < length)
        {
            int read = socket.Receive(bytes.AsSpan(count));
            if (read == 0)
            {
                throw new EndOfStreamException($"end of file after {count} of {length} bytes");
            }

            count += read;
        }

        return bytes;
    }

    /// <summary>Receives this number of bytes as text.</summary>
    /// <inheritdoc cref="ReceiveExactly"/>
    public static string ReceiveText(this Socket socket, int length) => Encoding.UTF8.GetString(socket.ReceiveExactly(length));

    /// <summary>Sends a text and checks that the same text comes back.</summary>
    /// <exception cref="InvalidOperationException">Another text comes back.</exception>
    /// <exception cref="EndOfStreamException">The end of file comes before.</exception>
    public static void AssertEchoes(this Socket socket, string text = "hello")
    {
        socket.SendText(text);
        string reply = socket.ReceiveText(Encoding.UTF8.GetByteCount(text));
        if (reply != text)
        {
            throw new InvalidOperationException($"'{text}' was sent and '{reply}' came back");
        }
    }

    /// <summary>Receives, and says whether the end of file was received.</summary>
    public static bool IsAtEnd(this Socket socket) => socket.Receive(new byte[1]) == 0;

    /// <summary>Closes with a reset instead of an orderly end; see socket(7), SO_LINGER.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    /// <summary>Sends and receives at the same time, so that neither side waits for ever while all buffers are full.</summary>
    /// <returns>As many bytes as were sent.</returns>
    public static byte[] Exchange(this Socket socket, byte[] bytes)
    {
        Thread sender = new(() => socket.SendAll(bytes));
        sender.Start();
        byte[] received = socket.ReceiveExactly(bytes.Length);
        sender.Join();
        return received;
    }
}
