using System;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>One client's session with the server, and how far it came.</summary>
internal sealed class Visit
{
    private const int LongestMessage = 1000;
    private const int BulkLength = 16 * 1024 * 1024;

    private readonly Random _random;

    private Visit(int port) => _random = new Random(port);

    /// <summary>Whether every byte came back, and the end of file after the last, where that was waited for.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether anything came back.</summary>
    public bool WasServed { get; private set; }

    /// <summary>The client's own address, as the server shows it.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>
    /// Sends messages of random lengths and contents, compares every byte that comes back, and half-closes.
    /// </summary>
    /// <param name="port">The server's.</param>
    /// <param name="messages">How many.</param>
    /// <param name="withBulk">Whether bulk data follows, so much that it goes through splice(2).</param>
    /// <param name="waitsForEnd">Whether the end of file is waited for.</param>
    /// <exception cref="BrokenPromiseException">A wrong byte came back, or nothing at all for too long.</exception>
    public static Visit Run(int port, int messages, bool withBulk = false, bool waitsForEnd = true)
    {
        Visit visit = new(port);
        try
        {
            using Socket socket = Loopback.Connect(port);
            socket.ReceiveTimeout = Patience.Milliseconds;
            socket.SendTimeout = Patience.Milliseconds;
            visit.Peer = $"{socket.LocalEndPoint}";
            visit.IsComplete = visit.Talk(socket, messages, withBulk, waitsForEnd);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TimedOut || exception.SocketErrorCode == SocketError.WouldBlock)
        {
            throw new BrokenPromiseException($"a client waits in vain ({visit.Peer})");
        }
        catch (SocketException)
        {
            // Refused or reset: it was not served to its end.
        }

        return visit;
    }

    private bool Talk(Socket socket, int messages, bool withBulk, bool waitsForEnd)
    {
        for (int count = 0; count < messages; count++)
        {
            byte[] message = new byte[_random.Next(1, LongestMessage)];
            _random.NextBytes(message);
            socket.SendAll(message);
            if (!TryCompare(socket, message))
            {
                return false;
            }

            WasServed = true;
        }

        if (withBulk && !TryBulk(socket))
        {
            return false;
        }

        socket.Shutdown(SocketShutdown.Send);
        return !waitsForEnd || (socket.IsAtEnd() ? true : throw new BrokenPromiseException("more came back than was sent"));
    }

    private bool TryBulk(Socket socket)
    {
        byte[] bytes = new byte[BulkLength];
        _random.NextBytes(bytes);
        System.Threading.Thread sender = new(() => SendQuietly(socket, bytes));
        sender.Start();
        bool isWhole;
        try
        {
            isWhole = TryCompare(socket, bytes);
        }
        finally
        {
            // Wakes a sender that nobody reads from any more.
            if (!sender.Join(0))
            {
                socket.Shutdown(SocketShutdown.Receive);
            }
        }

        if (!isWhole)
        {
            socket.Close();
        }

        sender.Join();
        return isWhole;
    }

    private static void SendQuietly(Socket socket, byte[] bytes)
    {
        try
        {
            socket.SendAll(bytes);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The receiving side tells.
        }
    }

    private static bool TryCompare(Socket socket, byte[] expected)
    {
        byte[] received = new byte[Math.Min(expected.Length, 256 * 1024)];
        int length = 0;
        while (length < expected.Length)
        {
            int count = socket.Receive(received);
            if (count == 0)
            {
                return false;
            }

            if (!received.AsSpan(0, count).SequenceEqual(expected.AsSpan(length, Math.Min(count, expected.Length - length))))
            {
                throw new BrokenPromiseException("a byte came back that was not sent");
            }

            length += count;
        }

        return true;
    }
}
