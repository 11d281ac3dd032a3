using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>The kernel's table of TCP connections over IPv4; see proc_net_tcp(5).</summary>
public static class ConnectionTable
{
    private const string Established = "01";
    private const string SynSent = "02";
    private const string Listening = "0A";
    private const string KeepAliveTimer = "02:";

    /// <summary>Whether a connect to this port is under way and was not answered yet.</summary>
    public static bool HasConnecting(int port) => Rows().Any(row => EndsIn(row[2], port) && row[3] == SynSent);

    /// <summary>
    /// Whether a connection of a server on this port has the keepalive timer. While data is unacknowledged, the
    /// retransmission timer is shown instead.
    /// </summary>
    public static bool HasKeepAlive(int port) =>
        Rows().Any(
            row => EndsIn(row[1], port) && row[3] == Established && row[5].StartsWith(KeepAliveTimer, StringComparison.Ordinal));

    /// <summary>Whether clients wait on this port that the kernel has connected and the server has not accepted.</summary>
    public static bool HasWaiting(int port) => Rows().Any(
        row => EndsIn(row[1], port) && row[3] == Listening && !row[4].EndsWith(":00000000", StringComparison.Ordinal));

    private static bool EndsIn(string address, int port) =>
        address.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal);

    // The columns of a row: number, local address, remote address, state, queues, timer.
    private static IEnumerable<string[]> Rows() =>
        File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
