using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>A client that connects again and again, and each time behaves as chance has it.</summary>
internal sealed class Client
{
    // Ten clients share an address, and each has so many of its ports, so that no two connections look the same.
    private const int OfOneAddress = 10;
    private const int PortsEach = 5000;
    private const int FirstPort = 10_000;
    private const int AddressesInARow = 250;

    private const int ShortLength = 2000;
    private const int MiddleLength = 200_000;
    private const int LongLength = 8_000_000;
    private const int Chunk = 64 * 1024;
    private const int LongestStall = 1500;
    private const int LongestPause = 300;
    private const int TimeoutMilliseconds = 60_000;

    private readonly IPAddress _address;
    private readonly int _firstPort;
    private readonly IPEndPoint _server;
    private readonly Random _random;
    private readonly ConcurrentQueue<Connection> _connections;

    private int _connected;

    /// <summary>A client.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="port">The server's.</param>
    /// <param name="connections">Where it notes how each of its connections ended.</param>
    public Client(int number, int port, ConcurrentQueue<Connection> connections)
    {
        int address = number / OfOneAddress;
        _address = new IPAddress([127, 1, (byte)(address / AddressesInARow), (byte)(1 + (address % AddressesInARow))]);
        _firstPort = FirstPort + (number % OfOneAddress * PortsEach);
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _random = new Random(number);
        _connections = connections;
    }

    /// <summary>Goes on until it is told to stop, or has no ports left.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _connected < PortsEach)
        {
            _connections.Enqueue(Connect());
            Thread.Sleep(_random.Next(LongestPause));
        }
    }

    private Connection Connect()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = TimeoutMilliseconds,
            SendTimeout = TimeoutMilliseconds,
            NoDelay = true,
        };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        Bind(socket);
        string peer = $"{socket.LocalEndPoint}";
        long compared = 0;
        try
        {
            socket.Connect(_server);
            return new Connection(peer, Talk(socket, ref compared), compared);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is not SocketError.TimedOut and not SocketError.WouldBlock)
        {
            return new Connection(peer, Ending.Cut, compared);
        }
    }

    // Somebody may listen on that port for all addresses: then it is another one's turn.
    private void Bind(Socket socket)
    {
        while (!socket.IsBound)
        {
            try
            {
                socket.Bind(new IPEndPoint(_address, _firstPort + _connected++));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && _connected < PortsEach)
            {
                continue;
            }
        }
    }

    private Ending Talk(Socket socket, ref long compared) => _random.Next(10) switch
    {
        0 => Stall(socket, ref compared),
        1 => Reset(socket, ref compared),
        2 => Leave(socket, ref compared),
        3 => SendAllFirst(socket, ref compared),
        4 => Exchange(socket, _random.Next(LongLength), ref compared),
        5 or 6 => Exchange(socket, _random.Next(MiddleLength), ref compared),
        _ => Exchange(socket, _random.Next(1, ShortLength), ref compared),
    };

    /// <summary>Sends and receives in turn, half-closes, and waits for the end of file.</summary>
    private Ending Exchange(Socket socket, int length, ref long compared) =>
        TryEcho(socket, length, ref compared) ? HalfClose(socket) : Ending.Cut;

    /// <summary>Falls silent in the middle.</summary>
    private Ending Stall(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, ShortLength), ref compared))
        {
            return Ending.Cut;
        }

        Thread.Sleep(_random.Next(LongestStall));
        return Exchange(socket, _random.Next(1, ShortLength), ref compared);
    }

    /// <summary>Resets the connection, with bytes under way.</summary>
    private Ending Reset(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, MiddleLength), ref compared))
        {
            return Ending.Cut;
        }

        socket.SendAll(new byte[_random.Next(1, Chunk)]);
        socket.Reset();
        return Ending.Left;
    }

    /// <summary>Closes without having read what comes back.</summary>
    private Ending Leave(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, ShortLength), ref compared))
        {
            return Ending.Cut;
        }

        socket.SendAll(new byte[_random.Next(1, ShortLength)]);
        socket.Close();
        return Ending.Left;
    }

    /// <summary>Half-closes before it has read anything.</summary>
    private Ending SendAllFirst(Socket socket, ref long compared)
    {
        byte[] bytes = new byte[_random.Next(1, Chunk)];
        _random.NextBytes(bytes);
        socket.SendAll(bytes);
        socket.Shutdown(SocketShutdown.Send);
        return TryCompare(socket, bytes, ref compared) && socket.IsAtEnd() ? Ending.Whole : Ending.Cut;
    }

    private static Ending HalfClose(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return socket.IsAtEnd() ? Ending.Whole : throw new InvalidOperationException("more came back than was sent");
    }

    private bool TryEcho(Socket socket, int length, ref long compared)
    {
        byte[] bytes = new byte[Math.Min(length, Chunk)];
        for (int sent = 0; sent < length; sent += bytes.Length)
        {
            _random.NextBytes(bytes);
            socket.SendAll(bytes);
            if (!TryCompare(socket, bytes, ref compared))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryCompare(Socket socket, ReadOnlySpan<byte> expected, ref long compared)
    {
        byte[] received = new byte[Chunk];
        while (!expected.IsEmpty)
        {
            int count = socket.Receive(received.AsSpan(0, Math.Min(received.Length, expected.Length)));
            if (count == 0)
            {
                return false;
            }

            if (!received.AsSpan(0, count).SequenceEqual(expected[..count]))
            {
                throw new InvalidOperationException($"a wrong byte came back to {socket.LocalEndPoint}");
            }

            compared += count;
            expected = expected[count..];
        }

        return true;
    }
}
