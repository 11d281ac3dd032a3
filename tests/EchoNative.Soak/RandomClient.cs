using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>How a connection of a client ended.</summary>
internal enum Ending
{
    /// <summary>Every byte came back, and then the end of file.</summary>
    Whole,

    /// <summary>The client left before the end, as it had planned. Everything that came back until then was right.</summary>
    Left,

    /// <summary>The server ended the connection early. Its log must say why.</summary>
    CutOff,
}

/// <summary>One connection of a client.</summary>
/// <param name="Peer">The client's address, as the server prints it. No two connections have the same.</param>
/// <param name="Ending">How the connection ended.</param>
/// <param name="Bytes">How many bytes came back and were compared.</param>
internal sealed record Connection(string Peer, Ending Ending, long Bytes);

/// <summary>A client that connects again and again. What it does on each connection is random.</summary>
internal sealed class RandomClient
{
    // Ten clients share an address, and each has its own range of ports, so that no two connections have the same peer.
    private const int ClientsPerAddress = 10;
    private const int PortsPerClient = 5000;
    private const int FirstPort = 10_000;
    private const int AddressesPerSubnet = 250;

    private const int ShortLength = 2000;
    private const int MediumLength = 200_000;
    private const int LongLength = 8_000_000;
    private const int Chunk = 64 * 1024;
    private const int MaxStall = 1500;
    private const int MaxPause = 300;
    private const int TimeoutMilliseconds = 60_000;

    private readonly IPAddress _address;
    private readonly int _firstPort;
    private readonly IPEndPoint _server;
    private readonly Random _random;
    private readonly ConcurrentQueue<Connection> _connections;

    private int _connected;

    /// <summary>Makes a client.</summary>
    /// <param name="number">The number of the client, from 0. The address, the ports and the random seed follow from it.</param>
    /// <param name="port">The port of the server.</param>
    /// <param name="connections">Takes the result of each connection.</param>
    public RandomClient(int number, int port, ConcurrentQueue<Connection> connections)
    {
        int address = number / ClientsPerAddress;
        _address = new IPAddress([127, 1, (byte)(address / AddressesPerSubnet), (byte)(1 + (address % AddressesPerSubnet))]);
        _firstPort = FirstPort + (number % ClientsPerAddress * PortsPerClient);
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _random = new Random(number);
        _connections = connections;
    }

    /// <summary>Connects until it is asked to stop, or has used all its ports.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _connected < PortsPerClient)
        {
            _connections.Enqueue(Connect());
            Thread.Sleep(_random.Next(MaxPause));
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
        catch (SocketException exception)
            when (exception.SocketErrorCode is not SocketError.TimedOut and not SocketError.WouldBlock)
        {
            return new Connection(peer, Ending.CutOff, compared);
        }
    }

    // Another program may listen on a port for all addresses. The next port is tried then.
    private void Bind(Socket socket)
    {
        while (!socket.IsBound)
        {
            try
            {
                socket.Bind(new IPEndPoint(_address, _firstPort + _connected++));
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && _connected < PortsPerClient)
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
        5 or 6 => Exchange(socket, _random.Next(MediumLength), ref compared),
        _ => Exchange(socket, _random.Next(1, ShortLength), ref compared),
    };

    /// <summary>Sends and receives in turn, half-closes, and waits for the end of file.</summary>
    private Ending Exchange(Socket socket, int length, ref long compared) =>
        TryEcho(socket, length, ref compared) ? HalfClose(socket) : Ending.CutOff;

    /// <summary>Sends nothing for a while in the middle of the session.</summary>
    private Ending Stall(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, ShortLength), ref compared))
        {
            return Ending.CutOff;
        }

        Thread.Sleep(_random.Next(MaxStall));
        return Exchange(socket, _random.Next(1, ShortLength), ref compared);
    }

    /// <summary>Resets the connection while bytes are still being echoed.</summary>
    private Ending Reset(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, MediumLength), ref compared))
        {
            return Ending.CutOff;
        }

        socket.SendAll(new byte[_random.Next(1, Chunk)]);
        socket.Reset();
        return Ending.Left;
    }

    /// <summary>Closes without reading what comes back.</summary>
    private Ending Leave(Socket socket, ref long compared)
    {
        if (!TryEcho(socket, _random.Next(1, ShortLength), ref compared))
        {
            return Ending.CutOff;
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
        return TryCompare(socket, bytes, ref compared) && socket.IsAtEnd() ? Ending.Whole : Ending.CutOff;
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
