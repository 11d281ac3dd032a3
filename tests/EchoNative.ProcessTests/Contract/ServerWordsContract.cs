using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class ServerWordsContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void The_words_of_one_session_are_these_and_no_others()
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        int port = ((IPEndPoint)client.LocalEndPoint!).Port;
        client.AssertEchoes();
        int process = Engine.Forks ? Assert.Single(ProcessTable.ChildrenOf(server.Program.Id)) : 0;
        client.Close();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
        Assert.Collection(
            server.Lines,
            line => Assert.Equal($"listening on 0.0.0.0:{server.Port}", line),
            line => Assert.Equal($"new client connected... 127.0.0.1:{port} ({Engine.ProcessOf(process)}1 active)", line),
            line =>
                Assert.Matches(
                    $@"^client disconnected\.\.\. 127\.0\.0\.1:{port} \({Engine.ProcessOf(process)}5 bytes, \d+\.\d{{3}} s\)$",
                    line),
            line => Assert.Equal(Engine.Removed($"127.0.0.1:{port}", process), line),
            line => Assert.Matches(
                @"^summary\.\.\. 1 accepted, 0 active, 1 peak, 0 refused, 0 failed forks, 0 killed, 5 bytes, \d+\.\d{3} s$",
                line));
        Assert.Empty(server.Program.Error);
    }

    [Fact]
    public void The_lines_of_each_session_are_in_order_however_short_it_is()
    {
        const int Sessions = 300;
        using RunningServer server = Start();
        for (int i = 0; i < Sessions; i++)
        {
            using Socket client = server.Connect();
            client.SendText("x");
        }

        server.WaitForRemoved(Sessions);
        foreach (string removed in server.RemovedLines)
        {
            string who = removed[Engine.RemovedWords.Length..].Split(' ')[0];
            string mark = Engine.Forks ? $"(pid {who}, " : $"... {who} (";
            string[] told = [.. server.Lines.Where(line => line.Contains(mark, StringComparison.Ordinal) || line == removed)];
            Assert.Collection(
                told,
                line => Assert.StartsWith("new client connected... ", line, StringComparison.Ordinal),
                line => Assert.StartsWith("client disconnected... ", line, StringComparison.Ordinal),
                line => Assert.Equal(removed, line));
        }
    }

    [Theory]
    [InlineData("::1", @"^listening on \[::1\]:\d+$", "::1", @"connected\.\.\. \[::1\]:\d+ \(")]
    [InlineData("::ffff:127.0.0.1", @"^listening on 127\.0\.0\.1:\d+$", "127.0.0.1", @"connected\.\.\. 127\.0\.0\.1:\d+ \(")]
    [InlineData("::", @"^listening on \[::\]:\d+$", "::1", @"connected\.\.\. \[::1\]:\d+ \(")]
    [InlineData("::", @"^listening on \[::\]:\d+$", "127.0.0.1", @"connected\.\.\. 127\.0\.0\.1:\d+ \(")]
    [InlineData("127.0.0.1", @"^listening on 127\.0\.0\.1:\d+$", "127.0.0.1", @"connected\.\.\. 127\.0\.0\.1:\d+ \(")]
    public void Both_families_are_served_and_written_as_they_should_be(
        string bind, string listening, string host, string connected)
    {
        using RunningServer server = Start("--bind", bind);
        _ = server.WaitForLine(listening);
        IPAddress address = IPAddress.Parse(host);
        using Socket client = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address, server.Port);
        client.AssertEchoes();
        _ = server.WaitForLine(connected);
    }

    [Fact]
    public void Quiet_says_nothing_but_errors()
    {
        int port = Loopback.FreePort();
        using RunningProgram server = RunServer("--quiet", port.ToString(CultureInfo.InvariantCulture));
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Deadline.WaitUntil(() => TryConnect(client, port), "the quiet server takes clients");
        client.AssertEchoes();
        client.Close();
        server.Signal(Engine.StopSignal());
        Assert.Equal(0, server.WaitForExit());
        Assert.Empty(server.Output);
        Assert.Empty(server.Error);
    }

    [Fact]
    public void A_backlog_of_one_still_serves()
    {
        using RunningServer server = Start("--backlog", "1");
        using Socket client = server.Connect();
        client.AssertEchoes();
    }

    private static bool TryConnect(Socket client, int port)
    {
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

public sealed class NativeServerWordsTests() : ServerWordsContract(Engine.Native);

public sealed class ManagedServerWordsTests() : ServerWordsContract(Engine.Managed);
