using System;
using System.Net;
using System.Net.Sockets;

namespace EchoNative.Testing;

/// <summary>
/// An address that answers nobody: it listens with a queue for one connection, which is taken, so that the kernel drops
/// what further clients send; see listen(2).
/// </summary>
public sealed class SilentListener : IDisposable
{
    private readonly Socket _listening;
    private readonly Socket _queued;

    /// <summary>Listens on an address of this machine.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The port, or 0 for any that is free.</param>
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
            throw new TimeoutException("the first is not in the queue");
        }
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listening.LocalEndPoint!).Port;

    /// <summary>Takes the one that waits, so that the next is answered.</summary>
    public void MakeRoom() => _listening.Accept().Dispose();

    /// <summary>Takes the next one, which was dropped as often as it tried before.</summary>
    public Socket Take() =>
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
