using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>Connections within this machine. Every send and receive on their sockets has a time limit.</summary>
public static class Loopback
{
    // Below the ports that the kernel chooses from (ip_local_port_range, see ip(7)), and above the well-known ones. Each
    // process takes a block of its own, so that test programs can run at the same time.
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;
    private const int BlockLength = 1_000;

    // Bound to the first port of this process's block for as long as the process lives: no other process takes the block.
    private static readonly Socket s_block = TakeBlock();

    private static int s_freePorts;

    /// <summary>
    /// A port that is free now, and stays free until the caller uses it: it is not returned again for a long time, and the
    /// kernel does not choose it for other sockets.
    /// </summary>
    /// <param name="type">The type of the socket that needs the port.</param>
    public static int FreePort(SocketType type = SocketType.Stream)
    {
        for (int attempt = 1; attempt < BlockLength; attempt++)
        {
            int port = PortOf(s_block) + 1 + (Interlocked.Increment(ref s_freePorts) % (BlockLength - 1));
            if (TryBind(type, port) is Socket socket)
            {
                socket.Dispose();
                return port;
            }
        }

        throw new InvalidOperationException("no port is free");
    }

    /// <summary>Connects to a port of 127.0.0.1.</summary>
    public static Socket Connect(int port) => Connect("127.0.0.1", port);

    /// <summary>Connects to an address of this machine.</summary>
    public static Socket Connect(string address, int port)
    {
        IPAddress host = IPAddress.Parse(address);
        Socket socket = WithTimeouts(new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            socket.Connect(host, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a port of 127.0.0.1; null if the connection is refused.</summary>
    public static Socket? TryConnect(int port)
    {
        try
        {
            return Connect(port);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Connects, checks that a text comes back, and closes.</summary>
    public static void AssertServes(int port, string address = "127.0.0.1")
    {
        using Socket client = Connect(address, port);
        client.AssertEchoes();
    }

    /// <summary>Listens on a free port, for a test that is the server itself.</summary>
    public static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Waits for the next client and accepts it.</summary>
    public static Socket Accept(TcpListener listener)
    {
        Deadline.WaitUntil(listener.Pending, "a client connects");
        return WithTimeouts(listener.AcceptSocket());
    }

    /// <summary>The port that a listener has.</summary>
    public static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The port that a socket is bound to.</summary>
    public static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>A socket that is bound to a port of 127.0.0.1 and does not listen: connections to the port are refused.</summary>
    /// <remarks>The caller disposes of it. Until then no other program can listen on the port.</remarks>
    public static Socket RefusingPort() => TryBind(SocketType.Stream, 0)!;

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
            // The server has closed the socket with bytes unread: the kernel resets the connection then.
        }

        return text.ToString();
    }

    // With an unspecified protocol the class library does not set SO_REUSEADDR, with which two sockets could have the port.
    private static Socket? TryBind(SocketType type, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null; // somebody has it, or had it a moment ago
        }
    }

    private static Socket TakeBlock()
    {
        for (int port = FirstPort; port < LastPort; port += BlockLength)
        {
            if (TryBind(SocketType.Stream, port) is Socket socket)
            {
                return socket;
            }
        }

        throw new InvalidOperationException($"the ports from {FirstPort} to {LastPort} are taken");
    }

    private static Socket WithTimeouts(Socket socket)
    {
        socket.ReceiveTimeout = (int)Deadline.Long.TotalMilliseconds;
        socket.SendTimeout = (int)Deadline.Long.TotalMilliseconds;
        socket.NoDelay = true;
        return socket;
    }
}
