using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// Where connections go to and come from. The side that closes first keeps the pair of addresses and ports
/// for a minute (TIME_WAIT), and one address has some 28,000 ports: too few for many thousand connections a
/// second. Over loopback, connections come from many addresses in turn; elsewhere from the one there is.
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

    /// <summary>The server.</summary>
    public SocketAddress Peer { get; }

    /// <summary>Finds the server. Where a name has several addresses, the first that takes a connection counts.</summary>
    /// <exception cref="PosixException">The name is unknown, or none of its addresses takes a connection.</exception>
    public static Route Find(string host, int port)
    {
        IReadOnlyList<SocketAddress> candidates = HostName.Resolve(host, port);
        return new Route(candidates.Count == 1 ? candidates[0] : FindAnswering(candidates));
    }

    /// <summary>The address that the next connection comes from; null to leave it to the system.</summary>
    public SocketAddress? TakeSource()
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
            // A connection from the server's own address could be given the server's own port, and where
            // nobody listens, it would connect to itself.
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
