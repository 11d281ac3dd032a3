using System;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EchoNative.Testing;

/// <summary>Connections to and from 127.0.0.1 that never wait for ever.</summary>
public static class Loopback
{
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
