using System;
using System.Collections.Generic;
using System.Globalization;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// The addresses that connections go to and come from. The side that closes first keeps the pair of addresses and
/// ports for a minute (TIME_WAIT), and one address has about 28,000 ports: too few for thousands of connections a
/// second. Over loopback, connections therefore come from many addresses in turn; elsewhere the system chooses one.
/// </summary>
internal sealed class Route
{
    private const int FirstSource = 2;
    private const int LastSource = 250;

    private readonly SocketAddress[] _sources;
    private int _next;

    private Route(SocketAddress peer)
    {
        Peer = peer;
        _sources = peer.IsIpv4Loopback ? LoopbackSources(peer) : [];
    }

    /// <summary>The address of the server.</summary>
    public SocketAddress Peer { get; }

    /// <summary>Looks up the server. If a name has several addresses, the first that accepts a connection is taken.</summary>
    /// <param name="host">An IPv4 or IPv6 literal, or a name.</param>
    /// <param name="port">The port of the server.</param>
    /// <param name="timeout">How long the search for that address may take, for all addresses together.</param>
    /// <exception cref="PosixException">The name is unknown, or none of its addresses accepts a connection.</exception>
    public static Route Find(string host, int port, TimeSpan timeout)
    {
        IReadOnlyList<SocketAddress> candidates = HostName.Resolve(host, port);
        return new Route(candidates.Count == 1 ? candidates[0] : FindAnswering(candidates, timeout));
    }

    /// <summary>The local address for the next connection; null to leave it to the system.</summary>
    public SocketAddress? NextSource()
    {
        if (_sources.Length == 0)
        {
            return null;
        }

        _next = (_next + 1) % _sources.Length;
        return _sources[_next];
    }

    private static SocketAddress FindAnswering(IReadOnlyList<SocketAddress> candidates, TimeSpan timeout)
    {
        HostConnection.Open(candidates, timeout, out SocketAddress answering).Close();
        return answering;
    }

    private static SocketAddress[] LoopbackSources(SocketAddress peer)
    {
        List<SocketAddress> sources = [];
        for (int number = FirstSource; number <= LastSource; number++)
        {
            // The server's own address is left out: the system could choose the server's port there too, and if no
            // process listens on that port, the socket would connect to itself.
            string text = string.Create(CultureInfo.InvariantCulture, $"127.0.0.{number}");
            if (SocketAddress.TryParse(text, peer.Port, out SocketAddress candidate) && candidate.ToString() != peer.ToString()
                && SocketAddress.TryParse(text, 0, out SocketAddress source))
            {
                sources.Add(source);
            }
        }

        return [.. sources];
    }
}
