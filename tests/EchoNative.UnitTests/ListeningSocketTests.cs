using System;
using System.Net;
using System.Net.Sockets;
using EchoNative.Posix;
using SocketAddress = EchoNative.Posix.SocketAddress;

namespace EchoNative.UnitTests;

public sealed class ListeningSocketTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1:")]
    [InlineData("0.0.0.0", "127.0.0.1", "127.0.0.1:")]
    [InlineData("::1", "::1", "[::1]:")]
    [InlineData("::", "::1", "[::1]:")]
    [InlineData("::", "127.0.0.1", "127.0.0.1:")]
    public void A_client_is_accepted_with_its_address(string bind, string connect, string peer)
    {
        ListeningSocket listening = Open(bind, 0);
        int port = listening.GetLocalAddress().Port;
        Assert.InRange(port, 1, 65535);
        using Socket client = Connect(connect, port);
        AcceptResult accepted = TcpPair.AcceptNext(listening);
        Assert.Equal(peer + ((IPEndPoint)client.LocalEndPoint!).Port, accepted.Peer.ToString());
        Assert.Equal(Errno.None, accepted.Error);

        _ = client.Send([1, 2, 3]);
        byte[] buffer = new byte[8];
        Assert.Equal(3, accepted.Socket.Read(buffer).Count);
        _ = accepted.Socket.WriteAll(buffer.AsSpan(0, 2));
        Assert.Equal(2, client.Receive(new byte[8]));
        accepted.Socket.Close();
        Assert.Equal(0, client.Receive(new byte[8]));
        listening.Close();
    }

    [Fact]
    public void An_IPv6_address_other_than_any_leaves_the_IPv4_port_free()
    {
        ListeningSocket six = Open("::1", 0);
        int port = six.GetLocalAddress().Port;
        Assert.Equal($"[::1]:{port}", six.GetLocalAddress().ToString());
        using Socket client = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        _ = Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback.MapToIPv6(), port));
        six.Close();
    }

    [Fact]
    public void Without_a_client_there_is_none_waiting()
    {
        ListeningSocket listening = Open("127.0.0.1", 0);
        AcceptResult accepted = listening.Accept();
        Assert.Equal(AcceptOutcome.NoneWaiting, accepted.Outcome);
        listening.Close();
    }

    [Fact]
    public void The_connected_socket_is_blocking_and_the_listening_one_is_not()
    {
        ListeningSocket listening = Open("127.0.0.1", 0);
        Assert.True(listening.Descriptor.IsNonBlocking);
        using Socket client = Connect("127.0.0.1", listening.GetLocalAddress().Port);
        ConnectedSocket accepted = TcpPair.AcceptNext(listening).Socket;
        Assert.False(accepted.Descriptor.IsNonBlocking);
        accepted.Close();
        listening.Close();
    }

    [Fact]
    public void A_port_that_is_taken_is_an_error_of_bind()
    {
        ListeningSocket first = Open("127.0.0.1", 0);
        int port = first.GetLocalAddress().Port;
        PosixException exception = Assert.Throws<PosixException>(() => Open("127.0.0.1", port));
        Assert.Equal($"bind() error: Address already in use (127.0.0.1:{port})", exception.Message);
        first.Close();
    }

    [Fact]
    public void An_address_of_another_machine_is_an_error_of_bind()
    {
        // 203.0.113.0/24 is kept for documentation, RFC 5737.
        PosixException exception = Assert.Throws<PosixException>(() => Open("203.0.113.1", 0));
        Assert.Equal("bind() error: Cannot assign requested address (203.0.113.1:0)", exception.Message);
    }

    [Fact]
    public void A_session_of_an_earlier_server_does_not_keep_the_port_taken()
    {
        ListeningSocket earlier = Open("127.0.0.1", 0);
        int port = earlier.GetLocalAddress().Port;
        using Socket client = Connect("127.0.0.1", port);
        ConnectedSocket session = TcpPair.AcceptNext(earlier).Socket;
        earlier.Close();
        ListeningSocket later = Open("127.0.0.1", port);
        Assert.Equal(port, later.GetLocalAddress().Port);
        session.Close();
        later.Close();
    }

    [Fact]
    public void A_socket_that_does_not_listen_is_dead()
    {
        AcceptResult accepted = new ListeningSocket(new FileDescriptor(-1)).Accept();
        Assert.Equal(AcceptOutcome.Dead, accepted.Outcome);
        Assert.Equal("EBADF", accepted.Error.Name);
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal("EINVAL", new ListeningSocket(new FileDescriptor((int)bound.Handle)).Accept().Error.Name);
    }

    [Fact]
    public void A_network_error_of_one_connection_is_a_lost_connection()
    {
        // A datagram socket answers with EOPNOTSUPP, one of the errors in the list of accept(2).
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        AcceptResult accepted = new ListeningSocket(new FileDescriptor((int)datagram.Handle)).Accept();
        Assert.Equal(AcceptOutcome.ConnectionLost, accepted.Outcome);
        Assert.Equal("EOPNOTSUPP", accepted.Error.Name);
    }

    [Fact]
    public void What_is_no_socket_has_no_address()
    {
        PosixException exception = Assert.Throws<PosixException>(
            () => new ListeningSocket(new FileDescriptor(-1)).GetLocalAddress());
        Assert.Equal("getsockname() error: Bad file descriptor (listening socket)", exception.Message);
    }

    private static ListeningSocket Open(string address, int port)
    {
        Assert.True(SocketAddress.TryParse(address, port, out SocketAddress parsed));
        return ListeningSocket.Open(parsed, ListeningSocket.MaximumBacklog);
    }

    private static Socket Connect(string address, int port)
    {
        IPAddress parsed = IPAddress.Parse(address);
        Socket client = new(parsed.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(parsed, port);
        return client;
    }
}
