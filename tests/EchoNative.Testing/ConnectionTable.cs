using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace EchoNative.Testing;

/// <summary>What the kernel says about TCP connections over IPv4; see proc_net_tcp(5).</summary>
public static class ConnectionTable
{
    private const string Established = "01";
    private const string SynSent = "02";
    private const string KeepAliveTimer = "02:";

    /// <summary>Whether somebody tries to connect to this port and was not answered yet.</summary>
    public static bool HasAttempt(int port) => Rows().Any(row => EndsIn(row[2], port) && row[3] == SynSent);

    /// <summary>
    /// Whether a connection of a server on this port has a timer that asks for a silent peer. For a moment it may have
    /// that of an answer on its way in its place.
    /// </summary>
    public static bool HasKeepAlive(int port) =>
        Rows().Any(row => EndsIn(row[1], port) && row[3] == Established && row[5].StartsWith(KeepAliveTimer, StringComparison.Ordinal));

    private static bool EndsIn(string address, int port) =>
        address.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal);

    // Of a row: its number, the local address, the remote address, the state, the queues, the timer.
    private static IEnumerable<string[]> Rows() =>
        File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
