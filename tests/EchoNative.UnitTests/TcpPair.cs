using System;
using EchoNative.Posix;
using EchoNative.Testing;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>A TCP connection over loopback, made by the wrappers on both sides.</summary>
internal sealed class TcpPair : IDisposable
{
    private bool _clientIsOpen = true;

    private TcpPair(ConnectedSocket client, ConnectedSocket server)
    {
        Client = client;
        Server = server;
    }

    public ConnectedSocket Client { get; }

    public ConnectedSocket Server { get; }

    public static TcpPair Open()
    {
        Assert.True(SocketAddress.TryParse("127.0.0.1", 0, out SocketAddress any));
        ListeningSocket listening = ListeningSocket.Open(any, backlog: 1);
        Assert.Equal(Errno.None, ConnectedSocket.Connect(listening.GetLocalAddress(), out ConnectedSocket client));
        AcceptResult accepted = AcceptNext(listening);
        listening.Close();
        return new TcpPair(client, accepted.Socket);
    }

    /// <summary>Takes the next connection. It may reach the queue only after the client's connect has returned.</summary>
    public static AcceptResult AcceptNext(ListeningSocket listening)
    {
        AcceptResult accepted = default;
        Deadline.WaitUntil(
            () => (accepted = listening.Accept()).Outcome != AcceptOutcome.NoneWaiting, "there is a client to accept");
        Assert.Equal(AcceptOutcome.Accepted, accepted.Outcome);
        return accepted;
    }

    /// <summary>Closes the client's end with a reset in place of the end of file; see socket(7), SO_LINGER.</summary>
    public unsafe void ResetClient()
    {
        long onForNoSeconds = 1; // struct linger, two ints: on or off, and the seconds
        int descriptor = Client.Descriptor.Number;
        Assert.Equal(0, LibC.setsockopt(descriptor, LibC.SOL_SOCKET, LibC.SO_LINGER, &onForNoSeconds, sizeof(long)));
        _clientIsOpen = false;
        Client.Close();
    }

    public void Dispose()
    {
        if (_clientIsOpen)
        {
            Client.Close();
        }

        Server.Close();
    }
}
