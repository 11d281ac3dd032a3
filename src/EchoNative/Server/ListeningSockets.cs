using System;
using System.Collections.Generic;
using EchoNative.Options;
using EchoNative.Posix;
using EchoNative.Shared;

namespace EchoNative.Server;

/// <summary>The sockets on which the server listens, one for each address. Clients are accepted from each in turn.</summary>
internal sealed class ListeningSockets
{
    private const int MostAttempts = 16;
    private const int MostSockets = 10_000;

    private readonly ListeningSocket[] _sockets;
    private readonly SocketAddress[] _addresses;
    private readonly bool[] _ready;
    private readonly bool[] _mayHaveEarlyClients;
    private readonly bool _arePassed;
    private readonly int _idleSeconds;
    private int _count;
    private int _turn;
    private bool _dropsNewcomers;

    private ListeningSockets(ListeningSocket[] sockets, int idleSeconds = 0, bool arePassed = false)
    {
        _sockets = sockets;
        _addresses = new SocketAddress[sockets.Length];
        _ready = new bool[sockets.Length];
        _mayHaveEarlyClients = new bool[sockets.Length];
        Array.Fill(_mayHaveEarlyClients, arePassed);
        _arePassed = arePassed;
        _idleSeconds = idleSeconds;
        _count = sockets.Length;
    }

    /// <summary>No sockets.</summary>
    public static ListeningSockets Empty { get; } = new([]);

    /// <summary>The sockets that listen.</summary>
    public ReadOnlySpan<ListeningSocket> All => _sockets.AsSpan(0, _count);

    /// <summary>The addresses of the options.</summary>
    /// <exception cref="UsageException">One is not an IP address, or is given twice.</exception>
    public static SocketAddress[] ParseAddresses(ServerOptions options) => options.PassedSockets > 0 ? []
        : BindAddresses.Read(
            options.Bind,
            (string text, out SocketAddress address) => SocketAddress.TryParse(text, options.Port, out address),
            HostName.HasRoute,
            message => new UsageException(message));

    /// <summary>
    /// Checks that so many sockets can be served: the process may have them open, beside the standard streams and one client,
    /// and has the memory that ppoll(2) needs for them.
    /// </summary>
    /// <param name="sockets">How many sockets are to listen.</param>
    /// <param name="otherDescriptors">How many further descriptors the process needs.</param>
    /// <exception cref="PosixException">There are too many.</exception>
    public static void CheckLimits(long sockets, int otherDescriptors)
    {
        const int AlwaysOpen = 4;
        long others = AlwaysOpen + otherDescriptors;
        long limit = CurrentProcess.DescriptorLimit;
        if (sockets + others > limit)
        {
            throw new PosixException(
                $"{sockets} listening sockets and {others} other descriptors"
                + $" are more than RLIMIT_NOFILE allows, which is {limit}");
        }

        if (sockets > MostSockets)
        {
            throw new PosixException($"{sockets} listening sockets are more than the limit, which is {MostSockets}");
        }
    }

    /// <summary>Listens on all addresses, or on the sockets that a service manager has passed.</summary>
    /// <exception cref="PosixException">The server can't listen on one of them.</exception>
    public static ListeningSockets Open(SocketAddress[] addresses, ServerOptions options)
    {
        if (options.PassedSockets > 0)
        {
            return new ListeningSockets(AdoptAll(options), options.IdleTimeoutSeconds, arePassed: true);
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
        for (int i = 0; i < _count; i++)
        {
            _addresses[i] = _sockets[i].GetLocalAddress();
        }

        return [.. _addresses];
    }

    /// <summary>Sleeps until a client can be accepted, a signal arrives, or the time is over.</summary>
    public PollOutcome Wait(int milliseconds, in SignalSet mask) =>
        Poll.WaitReadable(All, _ready.AsSpan(0, _count), milliseconds, mask);

    /// <summary>The next socket with a waiting client, in turn, so that each address is served.</summary>
    public bool TryGetReady(out ListeningSocket socket)
    {
        for (int i = 0; i < _count; i++)
        {
            _turn = (_turn + 1) % _count;
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
    public void MarkEmpty()
    {
        _ready[_turn] = false;
        _mayHaveEarlyClients[_turn] = false;
    }

    /// <summary>
    /// Sets the options that a client has not inherited who was accepted from the socket that <see cref="TryGetReady"/>
    /// returned last.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="peer">Its address.</param>
    /// <param name="key">The parent's key.</param>
    public void Complete(ConnectedSocket client, SocketAddress peer, ParentKey key)
    {
        // It may have connected before this server took over the socket.
        if (_mayHaveEarlyClients[_turn])
        {
            client.SetForService(_idleSeconds, key);
        }

        if (_dropsNewcomers)
        {
            client.TakeAnyPackets(peer, key);
        }
    }

    /// <summary>Closes the socket that <see cref="TryGetReady"/> returned last, and leaves it out.</summary>
    /// <returns>Its address, if <see cref="GetLocalAddresses"/> was called.</returns>
    public SocketAddress Remove()
    {
        SocketAddress removed = _addresses[_turn];
        _sockets[_turn].Close();
        _count--;
        _sockets[_turn] = _sockets[_count];
        _addresses[_turn] = _addresses[_count];
        _ready[_turn] = _ready[_count];
        _mayHaveEarlyClients[_turn] = _mayHaveEarlyClients[_count];
        return removed;
    }

    /// <summary>
    /// Lets no new connections begin, so that soon no client waits to be accepted. Sockets that were passed are only closed:
    /// the clients wait for whoever has them, too.
    /// </summary>
    /// <param name="key">The parent's key.</param>
    /// <returns>Whether clients are still to be accepted.</returns>
    public bool TryDropNewcomers(ParentKey key)
    {
        if (_arePassed)
        {
            return false;
        }

        _dropsNewcomers = true;
        for (int i = 0; i < _count; i++)
        {
            _sockets[i].DropNewcomers(_addresses[i], key);
        }

        return _count > 0;
    }

    /// <summary>
    /// Makes the queues as short as possible. Call when clients still come long after <see cref="TryDropNewcomers"/>, from
    /// systems whose packets it does not drop.
    /// </summary>
    /// <param name="key">The parent's key.</param>
    public void Shorten(ParentKey key)
    {
        foreach (ListeningSocket socket in All)
        {
            socket.Shorten(key);
        }
    }

    /// <summary>Closes all.</summary>
    public void Close()
    {
        foreach (ListeningSocket socket in All)
        {
            socket.Close();
        }

        _count = 0;
    }

    private static ListeningSocket[] AdoptAll(ServerOptions options)
    {
        // The number may be any: memory is taken for those only that exist.
        List<ListeningSocket> sockets = [];
        for (int i = 0; i < options.PassedSockets; i++)
        {
            (FileDescriptor descriptor, string name) = Activation.Get(i);
            sockets.Add(descriptor.IsOpen
                ? ListeningSocket.Adopt(descriptor, name, options.Backlog, options.IdleTimeoutSeconds)
                : throw new PosixException($"{name} is not open"));
        }

        return [.. sockets];
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
