using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>Connections to and from 127.0.0.1 that never wait for ever.</summary>
public static class Loopback
{
    // Below those that the kernel gives to who asks for any (ip_local_port_range, see ip(7)), and above the well-known.
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    private static int s_lastPort = FirstPort;

    /// <summary>
    /// A port that nobody has, and that nobody gets until the caller gives it to a program: each is given out once, and
    /// the kernel gives those out to nobody.
    /// </summary>
    /// <param name="type">Of which kind of socket it is to be free.</param>
    public static int FreePort(SocketType type = SocketType.Stream)
    {
        while (true)
        {
            int port = Interlocked.Increment(ref s_lastPort);
            if (port > LastPort)
            {
                throw new InvalidOperationException("no ports are left");
            }

            using Socket socket = new(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it, or had it a moment ago.
            }
        }
    }

    /// <summary>Connects to a server there.</summary>
    public static Socket Connect(int port) => Connect("127.0.0.1", port);

    /// <summary>Connects to a server at an address of this machine.</summary>
    public static Socket Connect(string address, int port)
    {
        IPAddress host = IPAddress.Parse(address);
        Socket socket = WithDeadline(new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(host, port);
        return socket;
    }

    /// <summary>Listens on a free port, for a test that is itself the server.</summary>
    public static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Takes the next client.</summary>
    public static Socket Accept(TcpListener listener)
    {
        Deadline.WaitUntil(listener.Pending, "a client connects");
        return WithDeadline(listener.AcceptSocket());
    }

    /// <summary>The port a listener has.</summary>
    public static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Receives exactly so many bytes.</summary>
    public static string Receive(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        int length = 0;
        while (length < count)
        {
            int received = socket.Receive(bytes.AsSpan(length));
            if (received == 0)
            {
                break;
            }

            length += received;
        }

        return Encoding.ASCII.GetString(bytes, 0, length);
    }

    /// <summary>Receives until the end of file, or until the connection is reset.</summary>
    public static string ReceiveAll(Socket socket)
    {
        StringBuilder text = new();
        byte[] bytes = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = socket.Receive(bytes)) > 0)
            {
                _ = text.Append(Encoding.ASCII.GetString(bytes, 0, count));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The end as well: a server that closes with bytes unread resets.
        }

        return text.ToString();
    }

    private static Socket WithDeadline(Socket socket)
    {
        socket.ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds;
        socket.SendTimeout = (int)Deadline.Long.TotalMilliseconds;
        socket.NoDelay = true;
        return socket;
    }
}
