using System.Collections.Generic;
using System.Globalization;
using System.Text;
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
    /// <exception cref="PosixException">The name is unknown, or none of its addresses accepts a connection.</exception>
    public static Route Find(string host, int port)
    {
        IReadOnlyList<SocketAddress> candidates = HostName.Resolve(host, port);
        return new Route(candidates.Count == 1 ? candidates[0] : FindAnswering(candidates));
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

    private static SocketAddress FindAnswering(IReadOnlyList<SocketAddress> candidates)
    {
        StringBuilder failures = new();
        foreach (SocketAddress candidate in candidates)
        {
            Errno error = ConnectedSocket.Connect(candidate, out ConnectedSocket socket);
            if (!error.IsError)
            {
                socket.Close();
                return candidate;
            }

            string separator = failures.Length == 0 ? "" : "; ";
            _ = failures.Append(CultureInfo.InvariantCulture, $"{separator}{error} ({candidate})");
        }

        throw new PosixException($"connect() error: {failures}");
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
