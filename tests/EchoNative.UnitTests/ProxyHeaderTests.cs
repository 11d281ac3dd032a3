using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using EchoNative.Shared;
using FsCheck.Xunit;

namespace EchoNative.UnitTests;

/// <summary>The PROXY header, read from all that has arrived so far.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";
    private const int MostLineLength = 107;
    private const string Longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

    // 16 bytes before, and two addresses with their ports after. IPv6 is the longest that is looked at.
    private const int MostBinaryLength = 52;

    public static TheoryData<string, string> Lines => new()
    {
        { "PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190\r\n", "203.0.113.7:4711" },
        { "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0:0" },
        { "PROXY TCP6 2001:db8::7 ::1 65535 1\r\n", "[2001:db8::7]:65535" },
        { "PROXY TCP6 ::ffff:203.0.113.7 ::ffff:192.0.2.1 1 2\r\n", "[::ffff:203.0.113.7]:1" },
        { $"PROXY TCP6 {Longest} {Longest} 65535 65535\r\n", $"[{Longest}]:65535" },
        { "PROXY UNKNOWN\r\n", "" },
        { "PROXY UNKNOWN whatever 1 2\t3\r\n", "" },
        { $"PROXY UNKNOWN {Longest} {Longest} 65535 65535\r\n", "" },
    };

    public static TheoryData<byte, byte, int, string> Binaries => new()
    {
        { 0x21, 0x11, 12, "1.2.3.4:2314" },
        { 0x21, 0x11, 13, "1.2.3.4:2314" },
        { 0x21, 0x11, 65535, "1.2.3.4:2314" },
        { 0x21, 0x21, 36, "[102:304:506:708:90a:b0c:d0e:f10]:8482" },
        { 0x21, 0x21, 300, "[102:304:506:708:90a:b0c:d0e:f10]:8482" },

        // LOCAL, whatever stands in the rest.
        { 0x20, 0x00, 0, "" },
        { 0x20, 0x11, 12, "" },
        { 0x20, 0x11, 3, "" },
        { 0x20, 0xff, 40, "" },

        // Unspecified, datagrams, Unix sockets.
        { 0x21, 0x00, 0, "" },
        { 0x21, 0x00, 500, "" },
        { 0x21, 0x12, 12, "" },
        { 0x21, 0x22, 36, "" },
        { 0x21, 0x31, 216, "" },
        { 0x21, 0x32, 216, "" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_is_read_at_every_cut(string line, string client)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ProxyHeaderState.Incomplete, Parse(bytes.AsSpan(0, length)).State);
        }

        Assert.Equal((ProxyHeaderState.Complete, bytes.Length, client), Parse(bytes));
        Assert.Equal((ProxyHeaderState.Complete, bytes.Length, client), Parse([.. bytes, .. "PROXY hello\r\n"u8]));
    }

    [Theory]
    [MemberData(nameof(Binaries))]
    public void A_binary_header_is_read_at_every_cut(byte command, byte family, int length, string client)
    {
        byte[] bytes = Binary(command, family, length);
        (ProxyHeaderState, int, string) expected = (ProxyHeaderState.Complete, bytes.Length, client);
        int firstComplete = Enumerable.Range(0, bytes.Length + 1).First(cut => Parse(bytes.AsSpan(0, cut)) == expected);
        for (int cut = 0; cut <= Math.Min(bytes.Length, 2 * MostBinaryLength); cut++)
        {
            ProxyHeaderState state = cut < firstComplete ? ProxyHeaderState.Incomplete : ProxyHeaderState.Complete;
            Assert.Equal(state, Parse(bytes.AsSpan(0, cut)).State);
        }

        Assert.InRange(firstComplete, Signature.Length + 1, MostBinaryLength);
        Assert.Equal(expected, Parse([.. bytes, .. "hello"u8]));
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 4711 9190\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5 6 7\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5 6 \r\n")]
    [InlineData("PROXY TCP4  1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP4\t1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 05 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5 06\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 +5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 5x 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 4294967301 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.04 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4.5 5 6\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 host 5 6\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 5 6\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY TCP6 ::1 fe80::1%1 5 6\r\n")]
    [InlineData("PROXY TCP6 ::1 [::1] 5 6\r\n")]
    [InlineData("PROXY TCP6 ::1 1::2::3 5 6\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY tcp4 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY UNKNOWN\n")]
    public void A_line_that_breaks_the_rules_is_wrong(string line) =>
        Assert.Equal(ProxyHeaderState.Wrong, Parse(Encoding.ASCII.GetBytes(line)).State);

    [Fact]
    public void A_line_may_have_107_bytes()
    {
        const string Start = "PROXY UNKNOWN ";
        string longest = Start.PadRight(MostLineLength - 2, 'x') + "\r\n";
        Assert.Equal((ProxyHeaderState.Complete, MostLineLength, ""), Parse(Encoding.ASCII.GetBytes(longest)));
        string tooLong = Start.PadRight(MostLineLength - 1, 'x') + "\r\n";
        Assert.Equal(ProxyHeaderState.Incomplete, Parse(Encoding.ASCII.GetBytes(tooLong[..(MostLineLength - 1)])).State);
        Assert.Equal(ProxyHeaderState.Wrong, Parse(Encoding.ASCII.GetBytes(tooLong[..MostLineLength])).State);
        Assert.Equal(ProxyHeaderState.Wrong, Parse(Encoding.ASCII.GetBytes(tooLong)).State);
    }

    [Theory]
    [InlineData(0x11, 0x11, 12)]
    [InlineData(0x31, 0x11, 12)]
    [InlineData(0x01, 0x11, 12)]
    [InlineData(0x22, 0x11, 12)]
    [InlineData(0x2f, 0x11, 12)]
    [InlineData(0x21, 0x11, 11)]
    [InlineData(0x21, 0x11, 0)]
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x10, 12)]
    [InlineData(0x21, 0x01, 12)]
    [InlineData(0x21, 0x13, 12)]
    [InlineData(0x21, 0x41, 12)]
    [InlineData(0x21, 0xff, 12)]
    public void A_binary_header_that_breaks_the_rules_is_wrong(byte command, byte family, int length) =>
        Assert.Equal(ProxyHeaderState.Wrong, Parse(Binary(command, family, length)).State);

    [Theory]
    [InlineData("x")]
    [InlineData("hello")]
    [InlineData("PROX\n")]
    [InlineData("PROXYTCP4 1.2.3.4 1.2.3.4 5 6\r\n")]
    [InlineData("proxy UNKNOWN\r\n")]
    [InlineData(" PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\nx")]
    [InlineData("\r\n\r\n\0\r\nQUIT\r")]
    [InlineData("GET / HTTP/1.1\r\n")]
    public void Bytes_that_do_not_begin_like_a_header_are_none_at_once(string text) =>
        Assert.Equal(ProxyHeaderState.Missing, Parse(Encoding.ASCII.GetBytes(text)).State);

    [Property(MaxTest = 5000)]
    public void Any_bytes_behind_any_beginning_are_read_without_an_exception(byte[]? bytes, int start, int changed, byte value)
    {
        List<byte[]> beginnings =
        [
            [], "PROXY "u8.ToArray(), "PROXY TCP4 "u8.ToArray(), "PROXY TCP6 "u8.ToArray(), "PROXY UNKNOWN"u8.ToArray(),
            Encoding.ASCII.GetBytes(Signature), Binary(0x21, 0x11, 12), Binary(0x21, 0x21, 36),
            .. Lines.Select(row => Encoding.ASCII.GetBytes(row.Data.Item1)),
        ];
        byte[] all = [.. beginnings[(int)((uint)start % beginnings.Count)], .. bytes ?? []];
        if (all.Length > 0)
        {
            all[(int)((uint)changed % all.Length)] = value;
        }

        (ProxyHeaderState state, int length, string _) = Parse(all);
        Assert.True(state != ProxyHeaderState.Incomplete || all.Length < MostLineLength);
        Assert.Equal(state == ProxyHeaderState.Complete, length > 0);
    }

    private static byte[] Binary(byte command, byte family, int length)
    {
        byte[] rest = [.. Enumerable.Range(1, length).Select(number => (byte)number)];
        return [.. Encoding.ASCII.GetBytes(Signature), command, family, (byte)(length >> 8), (byte)length, .. rest];
    }

    private static (ProxyHeaderState State, int Length, string Client) Parse(ReadOnlySpan<byte> bytes)
    {
        Span<byte> host = stackalloc byte[ProxyHeader.HostRoom];
        ProxyHeader header = ProxyHeader.Parse(bytes, host);
        string client = header.HostLength == 0
            ? ""
            : new IPEndPoint(new IPAddress(host[..header.HostLength]), header.Port).ToString();
        return (header.State, header.Length, client);
    }
}
