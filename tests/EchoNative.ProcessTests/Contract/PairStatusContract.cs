using System;
using System.Text.RegularExpressions;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The line about the transfer, on standard error.</summary>
public abstract class PairStatusContract(Engine client, Engine server) : PairContract(client, server)
{
    [Fact]
    public void A_raw_transfer_ends_with_one_line_about_both_directions()
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, "--raw");
        client.Feed(new byte[3_000_000]);
        Assert.Equal(0, client.WaitForExit());
        Assert.Equal((3_000_000L, 3_000_000L, ""), TransferLine.Read(client.Error));
    }

    [Theory]
    [InlineData("--quiet", "--raw")]
    [InlineData]
    public void With_quiet_and_with_lines_there_is_none(params string[] options)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, options);
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Empty(client.Error);
    }

    [Fact]
    public void Where_a_person_types_or_reads_it_is_not_redrawn()
    {
        using RunningServer server = Serve();
        using Terminal terminal = new($"{Client.ClientLine} --raw 127.0.0.1 {server.Port}");
        server.WaitForConnected(1);
        terminal.Type("hello\n");
        terminal.WaitFor("hello\r\nhello\r\n");
        Thread.Sleep(TimeSpan.FromSeconds(1.2)); // in which it would be redrawn twice
        terminal.Type(Terminal.ControlD);
        Assert.Equal(0, terminal.WaitForExit());
        Assert.Equal(1, Regex.Count(terminal.Screen, "bytes sent"));
        Assert.Matches(@"6 bytes sent, 6 received, \d+\.\d{3} s, \d+ B/s\r\n\z", terminal.Screen);
    }
}

public sealed class NativeToNativeStatusTests() : PairStatusContract(Engine.Native, Engine.Native);

public sealed class NativeToManagedStatusTests() : PairStatusContract(Engine.Native, Engine.Managed);

public sealed class ManagedToNativeStatusTests() : PairStatusContract(Engine.Managed, Engine.Native);

public sealed class ManagedToManagedStatusTests() : PairStatusContract(Engine.Managed, Engine.Managed);
