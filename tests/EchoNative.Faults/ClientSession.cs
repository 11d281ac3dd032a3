using System;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>What comes before the echo.</summary>
internal enum Opening
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The client sends a PROXY header, as --proxy-protocol asks for, and the server the line of --banner.</summary>
    Proxied,
}

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

    /// <summary>The client's own port, which the server prints. The PROXY header has it too.</summary>
    public int Port { get; private set; }

    /// <summary>
    /// Sends messages of random lengths and contents, compares every byte that comes back, and half-closes.
    /// </summary>
    /// <param name="port">The port of the server.</param>
    /// <param name="messages">How many messages to send.</param>
    /// <param name="withBulk">Whether bulk data follows: so much that the server uses splice(2).</param>
    /// <param name="waitsForEnd">Whether to wait for the end of file.</param>
    /// <param name="opening">What comes before the messages.</param>
    /// <exception cref="InvariantViolationException">A wrong byte came back, or nothing came back in time.</exception>
    public static ClientSession Run(
        int port,
        int messages,
        bool withBulk = false,
        bool waitsForEnd = true,
        Opening opening = Opening.None)
    {
        ClientSession session = new(port);
        session.Guard(() =>
        {
            using Socket socket = Loopback.Connect(port);
            session.Port = Loopback.PortOf(socket);
            session.IsComplete = (opening == Opening.None || session.TryOpen(socket))
                && session.Talk(socket, messages, withBulk, waitsForEnd);
        });
        return session;
    }

    private void Guard(Action talk)
    {
        try
        {
            talk();
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new InvariantViolationException($"a client waits in vain (port {Port})");
        }
        catch (SocketException)
        {
            // Refused or reset: the session is not complete.
        }
    }

    private bool TryOpen(Socket socket)
    {
        socket.SendText($"PROXY TCP4 203.0.113.7 192.0.2.1 {Port} 9190\r\n");
        byte[] next = new byte[1];
        while (next[0] != (byte)'\n')
        {
            if (socket.Receive(next) == 0)
            {
                return false;
            }
        }

        return true;
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
