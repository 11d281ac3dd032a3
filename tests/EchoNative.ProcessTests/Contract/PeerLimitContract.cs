using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>Which clients --max-per-peer counts as one peer.</summary>
public abstract class PeerLimitContract(Engine engine) : ServerContract(engine)
{
    // Connects from each address in turn, and keeps the connections. A client gets the address that it connects to as its own.
    private const string ConnectFromEach = """
        eval "exec $1 --port-file port --max-per-peer 1 --bind :: $2 0" >log 2>&1 &
        shift 2
        within_time test -s port
        answers() { grep -oE '^(new client connected|client refused)' log; }
        count=0
        for address; do
            case $address in
                ::1 | *.*) ;;
                *) ip -6 address add "${address%\%*}/128" dev lo nodad 2>/dev/null || true ;;
            esac
            sleep 600 | echo-client "$address" "$(cat port)" >client.log 2>&1 &
            count=$((count + 1))
            within_time eval '[ "$(answers | wc -l)" = "$count" ]'
        done
        answers | sed 's/.* //' | paste -sd ' '
        """;

    [Theory]
    [InlineData("", "127.0.0.1 7f00:1:: ::1 127.0.0.1", "connected connected connected refused")]
    [InlineData("", "2001:db8::1 2001:db8::2 2001:db8:0:1::1", "connected refused connected")]
    [InlineData("--peer-prefix 63", "2001:db8::1 2001:db8:0:1::1 2001:db8:0:2::1", "connected refused connected")]
    [InlineData("--peer-prefix 128", "2001:db8::1 2001:db8::2 2001:db8::1", "connected connected refused")]
    [InlineData("--peer-prefix 1", "fe80::a%lo fe80::b%lo fe80::a%lo", "connected connected refused")]
    public void A_peer_is_an_IPv4_address_or_a_network_of_IPv6(string options, string addresses, string expected) =>
        Assert.Equal(
            expected + "\n", Sandbox.Check(ConnectFromEach, [Engine.ServerLine, options, .. addresses.Split(' ')]));

    [Fact]
    public void An_IPv4_address_is_the_same_peer_at_a_socket_for_IPv4_and_at_one_for_IPv6()
    {
        using RunningServer server = Start("--bind", "::ffff:127.0.0.1", "--bind", "127.0.0.2", "--max-per-peer", "1");
        using Socket first = server.Connect();
        first.AssertEchoes();
        using Socket second = Loopback.Connect("127.0.0.2", server.Port);
        Assert.True(second.IsAtEnd());
        Assert.Equal(
            $"client refused... {second.LocalEndPoint} (1 active from this address)", server.WaitForLine("^client refused"));
    }
}

public sealed class NativePeerLimitTests() : PeerLimitContract(Engine.Native);

public sealed class ManagedPeerLimitTests() : PeerLimitContract(Engine.Managed);
