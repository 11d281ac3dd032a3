using System;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>The sockets on which the server listens, one for each address. Clients are accepted from each in turn.</summary>
internal sealed class ListeningSockets
{
    private const int MostAttempts = 16;

    private readonly ListeningSocket[] _sockets;
    private readonly bool[] _ready;
    private int _turn;

    private ListeningSockets(ListeningSocket[] sockets)
    {
        _sockets = sockets;
        _ready = new bool[sockets.Length];
    }

    /// <summary>No sockets.</summary>
    public static ListeningSockets Empty { get; } = new([]);

    public ReadOnlySpan<ListeningSocket> All => _sockets;

    /// <summary>The addresses of the options.</summary>
    /// <exception cref="UsageException">One is not an IP address.</exception>
    public static SocketAddress[] ParseAddresses(ServerOptions options)
    {
        SocketAddress[] addresses = new SocketAddress[options.PassedSockets > 0 ? 0 : options.Bind.Count];
        for (int i = 0; i < addresses.Length; i++)
        {
            if (!SocketAddress.TryParse(options.Bind[i], options.Port, out addresses[i]))
            {
                throw new UsageException($"address '{options.Bind[i]}' is not an IPv4 or IPv6 address");
            }
        }

        return addresses;
    }

    /// <summary>Listens on all addresses, or on the sockets that a service manager has passed.</summary>
    /// <exception cref="PosixException">The server can't listen on one of them.</exception>
    public static ListeningSockets Open(SocketAddress[] addresses, ServerOptions options)
    {
        if (options.PassedSockets > 0)
        {
            return new ListeningSockets(AdoptAll(options));
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new ListeningSockets(OpenAll(addresses, options));
            }
            catch (PosixException exception) when (
                exception.IsAddressInUse && options.Port == 0 && addresses.Length > 1 && attempt < MostAttempts)
            {
                // The port that the system chose at the first address is in use at another one: try with another port.
            }
        }
    }

    /// <summary>The addresses of the sockets; port 0 is replaced by the port that the system chose.</summary>
    /// <exception cref="PosixException">getsockname(2) failed.</exception>
    public SocketAddress[] GetLocalAddresses()
    {
        SocketAddress[] addresses = new SocketAddress[_sockets.Length];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = _sockets[i].GetLocalAddress();
        }

        return addresses;
    }

    /// <summary>Sleeps until a client can be accepted, a signal arrives, or the time is over.</summary>
    public PollOutcome Wait(int milliseconds, in SignalSet mask) => Poll.WaitReadable(_sockets, _ready, milliseconds, mask);

    /// <summary>The next socket with a waiting client, in turn, so that each address is served.</summary>
    public bool TryGetReady(out ListeningSocket socket)
    {
        for (int i = 0; i < _sockets.Length; i++)
        {
            _turn = (_turn + 1) % _sockets.Length;
            if (_ready[_turn])
            {
                socket = _sockets[_turn];
                return true;
            }
        }

        socket = default;
        return false;
    }

    /// <summary>Records that no client waits at the socket that <see cref="TryGetReady"/> returned last.</summary>
    public void MarkEmpty() => _ready[_turn] = false;

    /// <summary>Closes all.</summary>
    public void Close()
    {
        foreach (ListeningSocket socket in _sockets)
        {
            socket.Close();
        }
    }

    private static ListeningSocket[] AdoptAll(ServerOptions options)
    {
        ListeningSocket[] sockets = new ListeningSocket[options.PassedSockets];
        for (int i = 0; i < sockets.Length; i++)
        {
            (FileDescriptor descriptor, string name) = Activation.Get(i);
            sockets[i] = ListeningSocket.Adopt(descriptor, name, options.Backlog, options.IdleTimeoutSeconds);
        }

        return sockets;
    }

    private static ListeningSocket[] OpenAll(SocketAddress[] addresses, ServerOptions options)
    {
        // All have the same port: with port 0, the one that the system chose for the first.
        ListeningSocket[] sockets = new ListeningSocket[addresses.Length];
        int opened = 0;
        try
        {
            for (; opened < sockets.Length; opened++)
            {
                int port = opened > 0 ? sockets[0].GetLocalAddress().Port : options.Port;
                sockets[opened] = ListeningSocket.Open(
                    addresses[opened].WithPort(port),
                    options.Backlog ?? ListeningSocket.MaximumBacklog,
                    options.IdleTimeoutSeconds,
                    ipv6Only: HasIpv4(addresses));
            }
        }
        catch (PosixException)
        {
            new ListeningSockets(sockets[..opened]).Close();
            throw;
        }

        return sockets;
    }

    private static bool HasIpv4(SocketAddress[] addresses)
    {
        foreach (SocketAddress address in addresses)
        {
            if (address.IsIpv4)
            {
                return true;
            }
        }

        return false;
    }
}
