using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>One client's session with the server, and its result.</summary>
internal sealed class ClientSession
{
    private const int LongestMessage = 1000;
    private const int BulkLength = 16 * 1024 * 1024;

    private readonly Random _random;

    private ClientSession(int port) => _random = new Random(port);

    /// <summary>Whether every byte came back and, if it was waited for, the end of file after the last one.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether any message came back.</summary>
    public bool WasServed { get; private set; }

    /// <summary>The client's own address, as the server prints it.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>
    /// Sends messages of random lengths and contents, compares every byte that comes back, and half-closes.
    /// </summary>
    /// <param name="port">The port of the server.</param>
    /// <param name="messages">How many messages to send.</param>
    /// <param name="withBulk">Whether bulk data follows: so much that the server uses splice(2).</param>
    /// <param name="waitsForEnd">Whether to wait for the end of file.</param>
    /// <exception cref="InvariantViolationException">A wrong byte came back, or nothing came back in time.</exception>
    public static ClientSession Run(int port, int messages, bool withBulk = false, bool waitsForEnd = true)
    {
        ClientSession session = new(port);
        try
        {
            using Socket socket = Loopback.Connect(port);
            session.Peer = $"{socket.LocalEndPoint}";
            session.IsComplete = session.Talk(socket, messages, withBulk, waitsForEnd);
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new InvariantViolationException($"a client waits in vain ({session.Peer})");
        }
        catch (SocketException)
        {
            // Refused or reset: the session is not complete.
        }

        return session;
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
        return !waitsForEnd
            || (socket.IsAtEnd() ? true : throw new InvariantViolationException("more came back than was sent"));
    }

    private bool TryBulk(Socket socket)
    {
        byte[] bytes = new byte[BulkLength];
        _random.NextBytes(bytes);
        Thread sender = new(() => SendQuietly(socket, bytes));
        sender.Start();
        bool isWhole;
        try
        {
            isWhole = TryCompare(socket, bytes);
        }
        finally
        {
            // Wakes up the sender: no one reads what comes back any more, so it would wait for ever.
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
            // The receiving side reports the error.
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
                throw new InvariantViolationException("a byte came back that was not sent");
            }

            length += count;
        }

        return true;
    }
}
