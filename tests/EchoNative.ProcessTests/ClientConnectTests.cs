using System;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>How the client gets to its server: for how long it tries, and by which addresses.</summary>
public sealed class ClientConnectTests
{
    private const string Shown = "Message from server: hello\n";

    [Fact]
    public void An_address_that_does_not_answer_is_given_up_after_the_time()
    {
        using SilentListener silent = new();
        using RunningClient client = new(silent.Port, "--timeout", "0.3");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: connect() error: Connection timed out (127.0.0.1:{silent.Port})\n", client.Error);
        Assert.Empty(client.Output);
    }

    [Fact]
    public void An_address_that_answers_within_the_time_is_connected_to_and_the_time_is_over()
    {
        using RunningServer server = new();
        using RunningClient client = new(server.Port, "--timeout", "0.9");
        server.WaitForConnected(1);
        System.Threading.Thread.Sleep(TimeSpan.FromSeconds(1));
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }

    [Fact]
    public void An_address_that_answers_late_but_in_time_is_waited_for()
    {
        using SilentListener silent = new();
        using RunningClient client = new(silent.Port, "--timeout", "1000");
        Deadline.WaitUntil(() => ProcessTable.StateOf(client.Program.Id) == 'S', "the client waits");
        silent.MakeRoom();
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(client.Program.Id).Count == 1, "the client is connected");
    }

    [Fact]
    public void A_refused_connection_is_told_at_once_whatever_the_time()
    {
        using RunningProgram client = new(Binary.Client, ["--timeout", "1000", "127.0.0.1", "1"]);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: connect() error: Connection refused (127.0.0.1:1)\n", client.Error);
    }

    [Fact]
    public void A_first_address_that_does_not_answer_leaves_time_for_the_next()
    {
        // The name has both addresses, and ::1 comes first (RFC 6724).
        using RunningServer server = new("--bind", "127.0.0.1");
        using SilentListener silent = new("::1", server.Port);
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", "--timeout", "2", "two", $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }

    [Fact]
    public void All_addresses_that_do_not_answer_are_told()
    {
        using SilentListener first = new("::1");
        using SilentListener second = new("127.0.0.1", first.Port);
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", "--timeout", "0.3", "two", $"{first.Port}");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: connect() error: Connection timed out ([::1]:{first.Port}); Connection timed out (127.0.0.1:{first.Port})\n",
            client.Error);
    }

    [Theory]
    [InlineData("-4", "127.0.0.1:")]
    [InlineData("-6", "[::1]:")]
    public void A_name_is_looked_up_in_the_family_that_is_wanted(string option, string peer)
    {
        using RunningServer server = new("--bind", "::");
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", option, "two", $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
        Assert.StartsWith($"new client connected... {peer}", server.WaitForLine("^new client connected"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-4", "2001:db8::1")] // ::1 would be taken for 127.0.0.1 as well
    [InlineData("-6", "192.0.2.1")]
    public void A_name_without_an_address_of_the_family_is_told(string option, string address)
    {
        using RunningProgram client = WithHosts($"{address} single\n", option, "single", "9");
        Assert.Equal(1, client.WaitForExit());
        Assert.Matches(@"^echo-client: getaddrinfo\(\) error: [^(]+ \(single\)\n$", client.Error);
    }

    [Theory]
    [InlineData("-4", "127.0.0.1")]
    [InlineData("-6", "::1")]
    public void A_literal_of_the_family_is_connected_to(string option, string host)
    {
        using RunningServer server = new("--bind", host);
        using RunningProgram client = new(Binary.Client, [option, host, $"{server.Port}"]);
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }

    // The client in a mount namespace of its own, where /etc/hosts says what the test says. A name server is not asked
    // for what is not there: it might answer, or not, as it likes.
    private static RunningProgram WithHosts(string hosts, params string[] arguments)
    {
        const string Script = """
            folder=$(mktemp -d) && printf '%s' "$1" >"$folder/hosts" && : >"$folder/resolv.conf" || exit 99
            mount --bind "$folder/hosts" /etc/hosts && mount --bind "$folder/resolv.conf" /etc/resolv.conf || exit 99
            rm "$folder/resolv.conf" "$folder/hosts" 2>/dev/null
            shift
            exec "$@"
            """;
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--map-root-user", "--mount"];
        return new RunningProgram("unshare", [.. namespaces, "sh", "-c", Script, "sh", hosts, Binary.Client, .. arguments]);
    }
}
