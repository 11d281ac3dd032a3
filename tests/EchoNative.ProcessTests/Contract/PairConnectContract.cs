using System;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>How the client gets to its server: for how long it tries, and by which addresses.</summary>
public abstract class PairConnectContract(Engine client, Engine server) : PairContract(client, server)
{
    private const string Shown = "Message from server: hello\n";

    [Fact]
    public void An_address_that_answers_within_the_time_is_connected_to_and_the_time_is_over()
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
        Assert.StartsWith($"new client connected... {peer}", server.WaitForLine("^new client connected"), StringComparison.Ordinal);
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

public sealed class NativeToNativeConnectTests() : PairConnectContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedConnectTests() : PairConnectContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeConnectTests() : PairConnectContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedConnectTests() : PairConnectContract(Engine.Managed, Engine.Managed);
