using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The line about the transfer, on standard error.</summary>
public abstract class ClientStatusContract(Engine client) : ClientContract(client)
{
    private const string Sent = "0123456789";

    [Fact]
    public void A_failed_transfer_has_the_line_about_the_transfer_before_its_reason()
    {
        using ScriptedServer server = new(socket =>
        {
            Assert.Equal(Sent, socket.ReceiveText(Sent.Length));
            Assert.True(socket.IsAtEnd());
            socket.SendText("0123");
        });
        using RunningClient client = Connect(server.Port, "--raw");
        client.Feed("0123456789"u8);
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal((10L, 4L, "echo-client: 6 of 10 bytes did not come back\n"), TransferLine.Read(client.Error));
    }

    [Fact]
    public void On_a_terminal_the_line_is_redrawn_during_the_transfer_and_shown_once_at_its_end()
    {
        using Files files = new();
        using ManualResetEventSlim goOn = new();
        using ScriptedServer server = new(socket =>
        {
            Assert.Equal(Sent, socket.ReceiveText(Sent.Length));
            Assert.True(socket.IsAtEnd());
            socket.SendText(Sent[..4]);
            Assert.True(goOn.Wait(Deadline.Long));
            socket.SendText(Sent[4..]);
        });
        using Terminal terminal = new($"{Client.ClientLine} --raw 127.0.0.1 {server.Port} <{files.Input} >{files.Output}");
        terminal.WaitFor("\r10 bytes sent, 4 received, ");
        int before = terminal.Screen.Length;
        Deadline.WaitUntil(
            () => terminal.Screen[before..].Contains("\r10 bytes sent, 4 received, ", StringComparison.Ordinal),
            "it is drawn again",
            () => terminal.Program.Transcript);

        // It overwrites the old line, and never starts a new one.
        Assert.DoesNotContain('\n', terminal.Screen);
        goOn.Set();
        Assert.Equal(0, terminal.WaitForExit());
        server.Join();
        Assert.Matches(@"\r10 bytes sent, 10 received, \d+\.\d{3} s, \d+ B/s *\r\n\z", terminal.Screen);
        Assert.Equal(1, Regex.Count(terminal.Screen, "\n"));
        Assert.Equal(Sent, File.ReadAllText(files.Output));
    }

    [Fact]
    public void A_shorter_line_covers_a_longer_one_to_its_end()
    {
        using Files files = new();
        using ManualResetEventSlim enough = new();
        using ScriptedServer server = new(socket =>
        {
            _ = socket.ReceiveText(Sent.Length);
            while (!enough.IsSet)
            {
                socket.SendText(Sent);
                Thread.Sleep(millisecondsTimeout: 100);
            }
        });
        using Terminal terminal = new($"{Client.ClientLine} --raw 127.0.0.1 {server.Port} <{files.Input} >{files.Output}");
        Deadline.WaitUntil(() => terminal.Screen.Split('\r').Length > 4, "it is drawn again and again", () => terminal.Screen);
        enough.Set();
        Assert.Equal(0, terminal.WaitForExit());
        string[] drawn = terminal.Screen.TrimEnd('\r', '\n').Split('\r')[1..];
        Assert.True(drawn.Length >= 3, terminal.Screen);
        for (int index = 1; index < drawn.Length; index++)
        {
            Assert.True(drawn[index].Length >= drawn[index - 1].TrimEnd().Length, terminal.Screen);
        }
    }

    [Fact]
    public void The_line_is_redrawn_during_a_steady_stream()
    {
        using Files files = new();
        using ManualResetEventSlim enough = new();
        using ScriptedServer server = new(socket =>
        {
            byte[] block = new byte[1000];
            while (!enough.IsSet)
            {
                socket.SendAll(block);
            }
        });
        using Terminal terminal = new($"{Client.ClientLine} --raw 127.0.0.1 {server.Port} <{files.Input} >/dev/null");
        Deadline.WaitUntil(
            () => Regex.Count(terminal.Screen, @"\r10 bytes sent, \d{4,} received, ") >= 2, "it is drawn again and again",
            () => terminal.Program.Transcript);
        enough.Set();
        _ = terminal.WaitForExit();
    }

    /// <summary>Standard input and output for a program whose third stream is a terminal.</summary>
    private sealed class Files : IDisposable
    {
        public Files() => File.WriteAllText(Input, Sent);

        public string Input { get; } = Path.GetTempFileName();

        public string Output { get; } = Path.GetTempFileName();

        public void Dispose()
        {
            File.Delete(Input);
            File.Delete(Output);
        }
    }

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
    public void With_quiet_and_with_lines_there_is_no_line_about_the_transfer(params string[] options)
    {
        using RunningServer server = Serve();
        using RunningClient client = Connect(server.Port, options);
        client.Feed("hello\n"u8);
        Assert.Equal(0, client.WaitForExit());
        Assert.Empty(client.Error);
    }

    [Fact]
    public void Where_a_terminal_is_input_or_output_the_line_is_not_redrawn()
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

public sealed class NativeClientStatusTests() : ClientStatusContract(Engine.Native);

public sealed class ManagedClientStatusTests() : ClientStatusContract(Engine.Managed);
