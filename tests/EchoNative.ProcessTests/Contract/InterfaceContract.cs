using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>Addresses of one interface, and machines without one family, each in network namespaces of its own.</summary>
public abstract class InterfaceContract(Engine engine) : ServerContract(engine)
{
    // v0 and v1: interfaces with the same link-local address. number_of INTERFACE. start ARGUMENT...: a server, whose port is in
    // $port and whose address, as the log shows it, in $shown. stop: until the server has ended.
    private const string Functions = """
        server=$1
        client=$2
        ip link add v0 type veth peer name v1
        for interface in v0 v1; do
            ip link set $interface up
            ip addr add fe80::7/64 dev $interface nodad
        done
        number_of() { ip -o link show dev "$1" | cut -d: -f1; }
        start() {
            rm -f port
            $server "$@" --port-file port 0 >log &
            within_time test -s port
            port=$(head -n 1 port)
            within_time grep -q "[]0-9]:$port" log
            shown=$(sed -n "s/.*[ \"]\([^ ]*\):$port.*/\1/p" log | head -n 1)
        }
        stop() { kill %% && wait %%; }

        """;

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public void What_the_log_shows_of_a_link_local_address_can_be_typed(string format)
    {
        const string Script = """
            number=$(number_of v0)
            start --log "$3" --bind fe80::7%v0
            test "$shown" = "[fe80::7%$number]" || echo "shown: $shown"
            for form in "fe80::7%$number" "[fe80::7%v0]" "$shown"; do
                echo hi | $client "$form" "$port"
                stop
                start --log "$3" --bind "$form"
                test "$shown" = "[fe80::7%$number]" || echo "shown: $shown"
            done
            echo-bench connect "$shown" "$port" --count 2 >bench.log && echo measured
            """;
        Assert.Equal(
            "Message from server: hi\nMessage from server: hi\nMessage from server: hi\nmeasured\n", Check(Script, format));
    }

    [Fact]
    public void The_same_address_at_two_interfaces_is_served_at_each()
    {
        const string Script = """
            start --bind fe80::7%v0 --bind "fe80::7%$(number_of v1)"
            for interface in v0 v1; do
                echo $interface | $client "fe80::7%$(number_of $interface)" "$port"
            done
            """;
        Assert.Equal("Message from server: v0\nMessage from server: v1\n", Check(Script));
    }

    [Fact]
    public void A_number_is_the_number_of_an_interface_and_not_a_name()
    {
        const string Script = """
            number=$(number_of v0)
            ip link set v1 down
            ip link set v1 name "$number"
            start --bind "fe80::7%$number"
            echo "${shown/$number/v0}"
            """;
        Assert.Equal("[fe80::7%v0]\n", Check(Script));
    }

    [Fact]
    public void An_interface_that_does_not_exist_is_an_error_that_names_the_address()
    {
        const string Script = """
            $server --bind fe80::7%77 9190 2>&1 || echo "exit status $?"
            $client '[fe80::7%none]' 9190 2>&1 </dev/null || echo "exit status $?"
            """;
        Assert.Equal(
            "echo-server: bind() error: No such device ([fe80::7%77]:9190)\nexit status 1\n"
                + "echo-client: getaddrinfo() error: Name or service not known (fe80::7%none)\nexit status 1\n",
            Check(Script));
    }

    [Theory]
    [InlineData("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6", "127.0.0.1")]
    [InlineData("ip addr del 127.0.0.1/8 dev lo", "[::1]")]
    public void Localhost_is_the_address_of_the_family_that_the_machine_has(string command, string address)
    {
        const string Script = """
            eval "$3"
            start --bind localhost
            sed "s/:$port$//" log
            echo hi | $client "$shown" "$port"
            """;
        Assert.Equal($"listening on {address}\nMessage from server: hi\n", Check(Script, command));
    }

    [Fact]
    public void Localhost_is_an_error_where_the_machine_has_no_loopback_address()
    {
        const string Script = """
            ip addr flush dev lo
            $server --bind localhost 9190 2>&1 || echo "exit status $?"
            """;
        Assert.Equal(
            "echo-server: bind() error: Cannot assign requested address (127.0.0.1:9190)\nexit status 1\n", Check(Script));
    }

    private string Check(string script, params string[] arguments) =>
        Sandbox.Check(Functions + script, [Engine.ServerLine, Engine.ClientLine, .. arguments]);
}

public sealed class NativeInterfaceTests() : InterfaceContract(Engine.Native);

public sealed class ManagedInterfaceTests() : InterfaceContract(Engine.Managed);
