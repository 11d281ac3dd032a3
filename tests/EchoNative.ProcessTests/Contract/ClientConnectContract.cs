using System;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>How the client connects: for how long it tries, and to which addresses.</summary>
public abstract class ClientConnectContract(Engine client) : ClientContract(client)
{
    [Fact]
    public void An_address_that_does_not_answer_is_given_up_after_the_timeout()
    {
        using SilentListener silent = new();
        using RunningClient client = Connect(silent.Port, "--timeout", "0.3");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal($"echo-client: connect() error: Connection timed out (127.0.0.1:{silent.Port})\n", client.Error);
        Assert.Empty(client.Output);
    }

    [Fact]
    public void An_address_that_answers_late_but_in_time_is_waited_for()
    {
        using SilentListener silent = new();
        using RunningClient client = Connect(silent.Port, "--timeout", "1000");
        Deadline.WaitUntil(() => ConnectionTable.HasConnecting(silent.Port), "the client tries", () => client.Program.Transcript);
        silent.MakeRoom();
        using Socket server = silent.Accept();
        client.Feed("hello\n"u8);
        Assert.Equal("hello\n", server.ReceiveText(6));
    }

    [Fact]
    public void A_refused_connection_is_reported_without_waiting_for_the_timeout()
    {
        using RunningProgram client = RunClient("--timeout", "1000", "127.0.0.1", "1");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: connect() error: Connection refused (127.0.0.1:1)\n", client.Error);
    }

    [Fact]
    public void All_addresses_that_do_not_answer_are_reported()
    {
        // A port that the kernel chooses at one address may be taken at the other one.
        int port = Loopback.FreePort();
        using SilentListener first = new("::1", port);
        using SilentListener second = new("127.0.0.1", port);
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", "--timeout", "0.3", "two", $"{port}");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: connect() error: Connection timed out ([::1]:{port}); Connection timed out (127.0.0.1:{port})\n",
            client.Error);
    }

    [Theory]
    [InlineData("-4", "2001:db8::1")] // ::1 would be taken for 127.0.0.1 as well
    [InlineData("-6", "192.0.2.1")]
    public void A_name_without_an_address_of_the_family_is_reported(string option, string address)
    {
        using RunningProgram client = WithHosts($"{address} single\n", option, "single", "9");
        Assert.Equal(1, client.WaitForExit());
        Assert.Matches(@"^echo-client: getaddrinfo\(\) error: [^(]+ \(single\)\n$", client.Error);
    }

    private const string Shown = "Message from server: hello\n";

    [Fact]
    public void The_timeout_does_not_apply_after_the_connection_is_made()
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--timeout", "3");
        server.WaitForConnected(1);
        System.Threading.Thread.Sleep(TimeSpan.FromSeconds(3.1));
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }

    [Fact]
    public void A_first_address_that_does_not_answer_leaves_time_for_the_next()
    {
        // The name has both addresses, and ::1 comes first (RFC 6724).
        using RunningServer server = Serve("--bind", "127.0.0.1");
        using SilentListener silent = new("::1", server.Port);
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", "--timeout", "6", "two", $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }

    [Theory]
    [InlineData("-4", "127.0.0.1:")]
    [InlineData("-6", "[::1]:")]
    public void A_name_is_looked_up_in_the_family_that_is_wanted(string option, string peer)
    {
        using RunningServer server = Serve("--bind", "::");
        using RunningProgram client = WithHosts("::1 two\n127.0.0.1 two\n", option, "two", $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
        Assert.StartsWith(
            $"new client connected... {peer}", server.WaitForLine("^new client connected"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-4", "127.0.0.1")]
    [InlineData("-6", "::1")]
    public void A_literal_of_the_family_is_connected_to(string option, string host)
    {
        using RunningServer server = Serve("--bind", host);
        using RunningProgram client = RunClient(option, host, $"{server.Port}");
        client.Type("hello\nq\n");
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((Shown, ""), (client.Output, client.Error));
    }
}

public sealed class NativeClientConnectTests() : ClientConnectContract(Engine.Native);

public sealed class ManagedClientConnectTests() : ClientConnectContract(Engine.Managed);
