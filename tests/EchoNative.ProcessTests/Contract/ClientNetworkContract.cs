using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The client on machines with other addresses than this one, each a network namespace.</summary>
public abstract class ClientNetworkContract(Engine client) : ClientContract(client)
{
    // name_is LINE...: the only hosts that are known. serve ADDRESS: a server, whose port is in $port afterwards.
    // ask ARGUMENT...: what the client says of one line.
    private const string Functions = """
        name_is() {
            printf '%s\n' "$@" >hosts
            : >resolv.conf
            mount --bind hosts /etc/hosts
            mount --bind resolv.conf /etc/resolv.conf
        }
        serve() { echo-server --quiet --bind "$1" --port-file port 0 & within_time test -s port; port=$(cat port); }
        client=$1
        ask() { echo hi | $client "$@" "$port" 2>&1 || echo "exit status $?"; }

        """;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:45001")]
    [InlineData("::1", "[::1]:45001")]
    public void A_client_that_would_be_connected_to_itself_is_refused(string host, string shown)
    {
        // The kernel has one port to choose for the client's end, which is the one that the client wants to connect to.
        const string Script = """
            echo 45001 45001 >/proc/sys/net/ipv4/ip_local_port_range
            port=45001
            for round in 1 2; do
                ask --verify "$2"
                ask --timeout 9 "$2"
            done
            """;
        string line = $"echo-client: connect() error: Connection refused ({shown})\nexit status 1\n";
        Assert.Equal(line + line + line + line, Check(Script, host));
    }

    [Theory]
    [InlineData("fd77::1/64", "127.0.0.1", "127.0.0.1 here", "::1 here")]
    [InlineData("fd77::1/64", "127.0.0.1", "127.0.0.1 here")]
    [InlineData("10.9.9.1/24", "::1", "127.0.0.1 here", "::1 here")]
    [InlineData("10.9.9.1/24", "::1", "::1 here")]
    public void A_loopback_address_is_found_though_the_machine_has_no_other_of_its_family(
        string address, string server, params string[] names)
    {
        const string Script = """
            ip link add v0 type veth peer name v1
            ip link set v0 up
            ip link set v1 up
            case $2 in *:*) ip addr add "$2" dev v0 nodad ;; *) ip addr add "$2" dev v0 ;; esac
            serve "$3"
            shift 3
            name_is "$@"
            ask here
            """;
        Assert.Equal("Message from server: hi\n", Check(Script, [address, server, .. names]));
    }

    /// <summary>Runs a script that uses the functions, and returns what it says.</summary>
    protected string Check(string script, params string[] arguments) =>
        Sandbox.Check(Functions + script, [Client.ClientLine, .. arguments]);
}

public sealed class NativeClientNetworkTests() : ClientNetworkContract(Engine.Native)
{
    [Fact]
    public void Where_IPv6_is_off_it_is_not_mentioned()
    {
        const string Script = """
            echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
            name_is '127.0.0.1 here' '::1 here'
            port=9
            ask here
            """;
        Assert.Equal(
            "echo-client: connect() error: Connection refused (127.0.0.1:9)\nexit status 1\n", Check(Script));
    }
}

public sealed class ManagedClientNetworkTests() : ClientNetworkContract(Engine.Managed);
