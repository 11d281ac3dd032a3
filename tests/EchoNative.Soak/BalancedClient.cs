using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>A client that connects again and again, and expects that each session is whole.</summary>
/// <param name="number">The number of the client, from 0. Its address and its random numbers follow from it.</param>
/// <param name="port">The port of the load balancer.</param>
/// <param name="losses">Takes the reason of each session that was lost.</param>
internal sealed class BalancedClient(int number, int port, ConcurrentQueue<string> losses)
{
    private const int LongestBanner = 200;
    private const int Echoes = 5;
    private const int LongestEcho = 20_000;
    private const int MaxPause = 40;

    private readonly Random _random = new(number);

    // One session after the other, from an address of its own: the load balancer limits the connections of an address.
    private readonly IPAddress _address = new([127, 3, 0, (byte)(number + 1)]);

    /// <summary>How many sessions were whole.</summary>
    public int Whole { get; private set; }

    /// <summary>Runs sessions until it is asked to stop. The last one runs to its end.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int echoes = 0;
            try
            {
                RunSession(ref echoes);
                Whole++;
            }
            catch (Exception exception) when (exception is SocketException or IOException or InvalidOperationException)
            {
                losses.Enqueue($"after {echoes} echoes: {exception.Message}");
            }
        }
    }

    private void RunSession(ref int echoes)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds,
            SendTimeout = (int)Deadline.Long.TotalMilliseconds,
            NoDelay = true,
        };
        socket.Bind(new IPEndPoint(_address, 0));
        socket.Connect(IPAddress.Loopback, port);
        ReadBanner(socket);
        for (; echoes < Echoes; echoes++)
        {
            byte[] bytes = new byte[_random.Next(1, LongestEcho)];
            _random.NextBytes(bytes);
            if (!socket.Exchange(bytes).AsSpan().SequenceEqual(bytes))
            {
                throw new InvalidOperationException("a wrong byte came back");
            }

            Thread.Sleep(_random.Next(MaxPause));
        }

        socket.Shutdown(SocketShutdown.Send);
        if (!socket.IsAtEnd())
        {
            throw new InvalidOperationException("more came back than was sent");
        }
    }

    private static void ReadBanner(Socket socket)
    {
        for (int length = 1; socket.ReceiveExactly(1)[0] != '\n'; length++)
        {
            if (length > LongestBanner)
            {
                throw new InvalidOperationException("the first line is no banner");
            }
        }
    }
}
