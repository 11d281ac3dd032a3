using System;
using System.Net;
using System.Net.Sockets;

namespace EchoNative.Testing;

/// <summary>
/// An address at which a connect is not answered. It listens with a backlog of one connection, and has one: the kernel
/// drops what further clients send; see listen(2).
/// </summary>
public sealed class SilentListener : IDisposable
{
    private readonly Socket _listening;
    private readonly Socket _queued;

    /// <summary>Listens on an address of this machine.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port; 0 for any free port.</param>
    public SilentListener(string address = "127.0.0.1", int port = 0)
    {
        IPAddress host = IPAddress.Parse(address);
        _listening = new(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _queued = new(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listening.Bind(new IPEndPoint(host, port));
        _listening.Listen(0);
        _queued.Connect(_listening.LocalEndPoint!);
        if (!_listening.Poll(Deadline.Long, SelectMode.SelectRead))
        {
            throw new TimeoutException("the first connection does not arrive");
        }
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listening.LocalEndPoint!).Port;

    /// <summary>Accepts its own connection, so that the next connect is answered.</summary>
    public void MakeRoom() => _listening.Accept().Dispose();

    /// <summary>Waits for the next connection and accepts it.</summary>
    public Socket Accept() =>
        _listening.Poll(Deadline.Long, SelectMode.SelectRead)
            ? _listening.Accept()
            : throw new TimeoutException("nobody connects");

    /// <inheritdoc/>
    public void Dispose()
    {
        _queued.Dispose();
        _listening.Dispose();
    }
}
