using System;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>A server behind a load balancer that says for whom it connects: --proxy-protocol.</summary>
public abstract class ProxyProtocolContract(Engine engine) : ServerContract(engine)
{
    private const string Line = "PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190\r\n";
    private const string Socket = "127.0.0.1:";

    private static byte[] Signature => "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    public static TheoryData<byte[], string> Headers => new()
    {
        { Encoding.ASCII.GetBytes(Line), "203.0.113.7:4711 " },
        { "PROXY TCP6 2001:DB8::7 ::1 4711 9190\r\n"u8.ToArray(), "[2001:db8::7]:4711 " },
        { "PROXY TCP6 ::ffff:203.0.113.7 ::1 4711 9190\r\n"u8.ToArray(), "203.0.113.7:4711 " },
        { "PROXY UNKNOWN 1 2 3\r\n"u8.ToArray(), Socket },
        { Binary(0x21, 0x11, [203, 0, 113, 8, 192, 0, 2, 1, 0x12, 0x67, 0, 1]), "203.0.113.8:4711 " },
        {
            Binary(0x21, 0x21, [0x20, 1, 0xd, 0xb8, .. new byte[11], 9, .. new byte[16], 0x12, 0x67, 0, 1, 3, 0, 1, 0]),
            "[2001:db8::9]:4711 "
        },
        { Binary(0x21, 0x11, [203, 0, 113, 9, .. new byte[65531]]), "203.0.113.9:0 " },
        { Binary(0x20, 0x00, []), Socket },
        { Binary(0x20, 0x11, [203, 0, 113, 8, 192, 0, 2, 1, 0x12, 0x67, 0, 1]), Socket },
        { Binary(0x21, 0x31, new byte[216]), Socket },
        { Binary(0x21, 0x12, [203, 0, 113, 8, 192, 0, 2, 1, 0x12, 0x67, 0, 1]), Socket },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void The_header_says_who_the_client_is_and_what_follows_is_echoed(byte[] header, string peer)
    {
        using RunningServer server = Start("--proxy-protocol");

        // In one piece with what follows, then byte by byte: the socket sends each at once.
        using (Socket client = server.Connect())
        {
            client.SendAll([.. header, .. "hello"u8]);
            Assert.Equal("hello", client.ReceiveText(5));
            client.AssertEchoes("more");
        }

        server.WaitForRemoved(1);
        using (Socket client = server.Connect())
        {
            int single = Math.Min(header.Length, 200);
            foreach (byte one in header[..single])
            {
                client.SendAll([one]);
            }

            client.SendAll(header.AsSpan(single));
            client.AssertEchoes();
        }

        server.WaitForRemoved(2);
        string connected = $"^new client connected... {Regex.Escape(peer)}";
        string disconnected = $"^client disconnected... {Regex.Escape(peer)}.*[ (]";
        Assert.Collection(
            server.Lines.Where(line => line.Contains("connected", default)),
            line => Assert.Matches(connected, line),
            line => Assert.Matches(disconnected + "9 bytes", line),
            line => Assert.Matches(connected, line),
            line => Assert.Matches(disconnected + "5 bytes", line));
    }

    [Fact]
    public void Nothing_is_logged_of_a_client_before_its_header()
    {
        using RunningServer server = Start("--proxy-protocol");
        using Socket client = server.Connect();
        client.SendText(Line[..20]);
        using Socket other = server.Connect();
        other.SendText("PROXY UNKNOWN\r\n");
        other.AssertEchoes();
        server.WaitForConnected(1);
        Assert.Single(server.Lines, line => line.Contains("connected", default));
        client.SendText(Line[20..]);
        client.AssertEchoes();
        server.WaitForConnected(2);
        Assert.Contains("... 203.0.113.7:4711 (", server.Lines[^1], default);
    }

    [Theory]
    [InlineData("hello", ": no PROXY header")]
    [InlineData("", ": no PROXY header")]
    [InlineData("PROXY TCP4 203.0.113.7\r\n", ": wrong PROXY header")]
    [InlineData("PROXY TCP4 203.0.113.7", ": incomplete PROXY header")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u0010\0\0\0\0\0\0\0\0\0\0\0\0", ": incomplete PROXY header")]
    public void A_session_without_a_whole_header_ends_with_its_reason(string sent, string reason)
    {
        using RunningServer server = Start("--proxy-protocol");
        using Socket client = server.Connect();
        client.SendText(sent);
        client.Shutdown(SocketShutdown.Send);
        Assert.True(client.IsAtEnd());
        server.WaitForRemoved(1);
        string session = $@"127\.0\.0\.1:\d+ \({Engine.ProcessPattern}0 bytes, \d+\.\d+ s\)";
        Assert.Matches($@"^client disconnected\.\.\. {session}{reason}$", server.Lines[^2]);
        Assert.EndsWith(" (exit status 1)", server.RemovedLines[0], default);
        Assert.Single(server.Lines, line => line.StartsWith("new client connected... 127.0.0.1:", default));
    }

    [Fact]
    public void A_header_that_does_not_come_in_time_ends_the_session_however_the_client_delays_it()
    {
        using RunningServer server = Start("--proxy-protocol");
        using Socket silent = server.Connect();
        using Socket slow = server.Connect();

        // The optional part of the header never ends, and the server reads all the time.
        slow.SendAll([.. Binary(0x21, 0x11, [203, 0, 113, 8, .. new byte[65531]])[..100]]);
        Deadline.WaitUntil(
            () =>
            {
                try
                {
                    slow.SendAll([0]);
                }
                catch (SocketException)
                {
                    // The server has closed the connection.
                }

                return server.RemovedLines.Count == 2;
            },
            "both sessions end",
            () => server.Program.Transcript);
        Assert.Equal(2, server.Lines.Count(line => line.EndsWith(" s): no PROXY header within 5 s", default)));
        Assert.All(server.RemovedLines, line => Assert.EndsWith(" (exit status 1)", line, default));
        Assert.True(silent.IsAtEnd());
    }

    [Fact]
    public void The_idle_timeout_also_ends_a_session_that_waits_for_its_header()
    {
        using RunningServer server = Start("--proxy-protocol", "--idle-timeout", "1");
        using Socket client = server.Connect();
        client.SendText(Line[..10]);
        Assert.True(client.IsAtEnd());
        Assert.EndsWith(" s): idle for 1 s", server.WaitForLine("^client disconnected"), default);
    }

    [Fact]
    public void After_the_header_there_is_no_time_limit()
    {
        using RunningServer server = Start("--proxy-protocol");
        using Socket client = server.Connect();
        client.SendText(Line);
        using Socket late = server.Connect();
        _ = server.WaitForLine("no PROXY header within 5 s$");
        client.AssertEchoes();
    }

    [Fact]
    public void The_limit_of_a_peer_counts_the_load_balancer_and_not_the_client_of_the_header()
    {
        using RunningServer server = Start("--proxy-protocol", "--max-per-peer", "1");
        using Socket first = server.Connect();
        first.SendText(Line);
        first.AssertEchoes();
        using Socket second = server.Connect();
        Assert.True(second.IsAtEnd());
        Assert.Equal(
            $"client refused... {second.LocalEndPoint} (1 active from this address)", server.WaitForLine("^client refused"));
    }

    [Fact]
    public void Bulk_behind_the_header_comes_back_whole()
    {
        byte[] bytes = new byte[20_000_000];
        new Random(1).NextBytes(bytes);
        using RunningServer server = Start("--proxy-protocol");
        using Socket client = server.Connect();
        client.SendText(Line);
        Assert.True(bytes.AsSpan().SequenceEqual(client.Exchange(bytes)));
    }

    [Fact]
    public void Without_the_option_a_header_is_echoed_like_any_bytes()
    {
        using RunningServer server = Start();
        using Socket client = server.Connect();
        client.AssertEchoes(Line);
    }

    private static byte[] Binary(byte command, byte family, byte[] rest) =>
        [.. Signature, command, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
}

public sealed class NativeProxyProtocolTests() : ProxyProtocolContract(Engine.Native);

public sealed class ManagedProxyProtocolTests() : ProxyProtocolContract(Engine.Managed);
