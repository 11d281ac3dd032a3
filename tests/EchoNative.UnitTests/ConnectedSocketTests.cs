using System.Net;
using System.Net.Sockets;
using EchoNative.Posix;
using EchoNative.Testing;
using Tmds.Linux;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

public sealed class ConnectedSocketTests
{
    [Fact]
    public void After_the_half_close_the_other_side_may_go_on_sending()
    {
        using TcpPair pair = TcpPair.Open();
        Assert.Equal(Errno.None, pair.Client.ShutdownWrite());
        byte[] buffer = new byte[8];
        Assert.True(pair.Server.Read(buffer).IsEndOfFile);

        Assert.False(pair.Server.WriteAll([1, 2, 3]).Failed);
        Assert.Equal(3, pair.Client.Read(buffer).Count);
        Assert.Equal(Errno.None, pair.Server.ShutdownWrite());
        Assert.True(pair.Client.Read(buffer).IsEndOfFile);
    }

    [Fact]
    public void After_the_half_close_nothing_can_be_written()
    {
        using TcpPair pair = TcpPair.Open();
        Assert.Equal(Errno.None, pair.Client.ShutdownWrite());
        Assert.Equal("EPIPE", pair.Client.WriteAll([1]).Error.Name);
    }

    [Fact]
    public void A_half_close_without_a_connection_says_so()
    {
        using Socket unconnected = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal("ENOTCONN", new ConnectedSocket(new FileDescriptor((int)unconnected.Handle)).ShutdownWrite().Name);
    }

    [Fact]
    public void A_reset_is_an_error_of_the_read()
    {
        using Socket listener = BindToLoopback();
        listener.Listen();
        Assert.Equal(Errno.None, ConnectedSocket.Connect(AddressOf(listener), out ConnectedSocket client));
        using (Socket server = listener.Accept())
        {
            // With a linger time of zero close(2) sends a reset in place of the end of file; see socket(7).
            server.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        IoResult read = client.Read(new byte[8]);
        Assert.Equal("ECONNRESET", read.Error.Name);
        client.Close();
    }

    [Fact]
    public void Small_messages_are_sent_at_once()
    {
        using TcpPair pair = TcpPair.Open();
        Assert.NotEqual(0, Option(pair.Client, LibC.IPPROTO_TCP, LibC.TCP_NODELAY));
        Assert.NotEqual(0, Option(pair.Server, LibC.IPPROTO_TCP, LibC.TCP_NODELAY));
    }

    [Fact]
    public void A_refused_connection_is_a_result()
    {
        // It is bound and does not listen. The port is taken, so no other process can listen on it.
        using Socket bound = BindToLoopback();
        Errno error = ConnectedSocket.Connect(AddressOf(bound), out ConnectedSocket _);
        Assert.Equal("ECONNREFUSED", error.Name);
        Assert.False(error.IsDisconnected);
    }

    [Fact]
    public void An_address_of_no_family_can_have_no_socket()
    {
        Errno error = ConnectedSocket.Connect(default, out ConnectedSocket _);
        Assert.Equal("EAFNOSUPPORT", error.Name);
    }

    [Fact]
    public void An_interrupted_connect_continues()
    {
        const int Interruptions = 20;
        using Socket listener = ListenWithFullQueue(out ConnectedSocket first);
        SocketAddress address = AddressOf(listener);
        Errno error = new(int.MaxValue);
        ConnectedSocket second = default;
        ThreadInKernel connecting = new(() => error = ConnectedSocket.Connect(address, out second));
        connecting.Interrupt(Interruptions);
        Assert.False(connecting.HasReturned, "the connect ended though the queue is full");
        using Socket firstAccepted = listener.Accept();
        using Socket secondAccepted = listener.Accept();
        connecting.Join();
        Assert.Equal(Errno.None, error);
        Assert.False(second.WriteAll([1]).Failed);
        Assert.Equal(1, secondAccepted.Receive(new byte[8]));
        first.Close();
        second.Close();
    }

    [Fact]
    public void A_connect_without_an_answer_fails_when_the_time_is_over_and_not_before()
    {
        using Socket listener = ListenWithFullQueue(out ConnectedSocket first);
        SocketAddress address = AddressOf(listener);
        long start = MonotonicClock.Milliseconds;
        Assert.Equal("ETIMEDOUT", ConnectedSocket.Connect(address, 150, out ConnectedSocket _).Name);
        Assert.True(MonotonicClock.Milliseconds - start >= 150, "it failed too early");
        first.Close();
    }

    [Fact]
    public void A_connect_with_a_time_limit_continues_when_interrupted_and_makes_a_blocking_socket()
    {
        const int Interruptions = 20;
        using Socket listener = ListenWithFullQueue(out ConnectedSocket first);
        SocketAddress address = AddressOf(listener);
        Errno error = new(int.MaxValue);
        ConnectedSocket second = default;
        ThreadInKernel connecting = new(() => error = ConnectedSocket.Connect(address, int.MaxValue, out second));
        connecting.Interrupt(Interruptions);
        Assert.False(connecting.HasReturned, "the connect ended though the queue is full");
        using Socket firstAccepted = listener.Accept();
        using Socket secondAccepted = listener.Accept();
        connecting.Join();
        Assert.Equal(Errno.None, error);
        Assert.False(second.Descriptor.IsNonBlocking);
        Assert.False(second.WriteAll([1]).Failed);
        Assert.Equal(1, secondAccepted.Receive(new byte[8]));
        first.Close();
        second.Close();
    }

    [Fact]
    public void A_connection_that_is_refused_within_the_time_limit_is_a_result()
    {
        using Socket bound = BindToLoopback();
        Assert.Equal("ECONNREFUSED", ConnectedSocket.Connect(AddressOf(bound), 10_000, out ConnectedSocket _).Name);
    }

    private static Socket BindToLoopback()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>A listener with one waiting client. Its queue has no room for another one until that one is accepted.</summary>
    private static Socket ListenWithFullQueue(out ConnectedSocket first)
    {
        Socket listener = BindToLoopback();
        listener.Listen(0);
        Assert.Equal(Errno.None, ConnectedSocket.Connect(AddressOf(listener), out first));
        Assert.True(listener.Poll(Deadline.Long, SelectMode.SelectRead), "the first is not in the queue");
        return listener;
    }

    private static SocketAddress AddressOf(Socket socket)
    {
        Assert.True(SocketAddress.TryParse("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port, out SocketAddress address));
        return address;
    }

    private static unsafe int Option(ConnectedSocket socket, int level, int option)
    {
        int value = 0;
        socklen_t length = sizeof(int);
        Assert.Equal(0, LibC.getsockopt(socket.Descriptor.Number, level, option, &value, &length));
        return value;
    }
}
