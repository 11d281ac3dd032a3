using System;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>The sockets on which the server listens, one for each address. They take turns.</summary>
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

    /// <summary>None at all.</summary>
    public static ListeningSockets None { get; } = new([]);

    public ReadOnlySpan<ListeningSocket> All => _sockets;

    /// <summary>The addresses that were asked for.</summary>
    /// <exception cref="UsageException">One is none.</exception>
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

    /// <summary>Listens on all of them, or takes over the sockets that were passed.</summary>
    /// <exception cref="PosixException">One can't be had.</exception>
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
                // The port that was free at the first address is in use at another: the system chooses anew.
            }
        }
    }

    /// <summary>Their addresses, with the port that the system chose where port 0 was asked for.</summary>
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

    /// <summary>Sleeps until a client waits, a signal has come, or the time is over.</summary>
    public PollOutcome Wait(int milliseconds, in SignalSet mask) => Poll.WaitReadable(_sockets, _ready, milliseconds, mask);

    /// <summary>The next of those that were ready: one after the other, so that no address is kept waiting.</summary>
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

    /// <summary>Notes that nobody waits on the one that was got last.</summary>
    public void NoteEmpty() => _ready[_turn] = false;

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
        // One port for all: with port 0, that which the system has chosen for the first.
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
