using System;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>What a test peer does with its socket. Every wait has the deadline as its bound.</summary>
public static class SocketExtensions
{
    /// <summary>Sends all of it.</summary>
    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Sends a text.</summary>
    public static void SendText(this Socket socket, string text) => socket.SendAll(Encoding.UTF8.GetBytes(text));

    /// <summary>Receives exactly so many bytes.</summary>
    public static byte[] ReceiveExactly(this Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        int count = 0;
        while (count < length)
        {
            int read = socket.Receive(bytes.AsSpan(count));
            if (read == 0)
            {
                throw new InvalidOperationException($"end of file after {count} of {length} bytes");
            }

            count += read;
        }

        return bytes;
    }

    /// <summary>Receives so many bytes as text.</summary>
    public static string ReceiveText(this Socket socket, int length) => Encoding.UTF8.GetString(socket.ReceiveExactly(length));

    /// <summary>Whether the next thing is the end of file.</summary>
    public static bool IsAtEnd(this Socket socket) => socket.Receive(new byte[1]) == 0;

    /// <summary>Closes with a reset in place of an orderly end; see socket(7), SO_LINGER.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    /// <summary>Sends and receives at the same time, so that neither side's buffers can fill for ever.</summary>
    public static byte[] Exchange(this Socket socket, byte[] bytes)
    {
        Thread sender = new(() => socket.SendAll(bytes));
        sender.Start();
        byte[] received = socket.ReceiveExactly(bytes.Length);
        sender.Join();
        return received;
    }
}
