using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>The sockets on which the server listens, one for each address, all on the same port.</summary>
internal static class ListeningSockets
{
    private const int MostAttempts = 16;

    /// <summary>The addresses that were asked for.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    public static IPAddress[] ParseAddresses(ServerOptions options) =>
        [
            .. options.Bind.Select(text => Literal.TryParse(text, out IPAddress? address)
                ? address
                : throw new UsageException($"address '{text}' is not an IPv4 or IPv6 address")),
        ];

    /// <summary>Listens on all of them. The caller owns the sockets.</summary>
    /// <exception cref="FailedCallException">One can't be had; then none is left.</exception>
    public static Socket[] Open(IPAddress[] addresses, ServerOptions options)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return OpenAll(addresses, options);
            }
            catch (FailedCallException exception) when (
                exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                && options.Port == 0 && addresses.Length > 1 && attempt < MostAttempts)
            {
                // The port that was free at the first address is in use at another: the system chooses anew.
            }
        }
    }

    private static Socket[] OpenAll(IPAddress[] addresses, ServerOptions options)
    {
        List<Socket> sockets = [];
        bool hasIpv4 = addresses.Any(address => PeerText.Plain(address).AddressFamily == AddressFamily.InterNetwork);
        try
        {
            foreach (IPAddress address in addresses)
            {
                // One port for all: with port 0, that which the system has chosen for the first.
                int port = sockets.Count > 0 ? ((IPEndPoint)sockets[0].LocalEndPoint!).Port : options.Port;
                sockets.Add(Open(new IPEndPoint(address, port), options.Backlog ?? int.MaxValue, hasIpv4));
            }

            return [.. sockets];
        }
        catch (FailedCallException)
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static Socket Open(IPEndPoint address, int backlog, bool hasIpv4)
    {
        Socket? socket = null;
        string call = "socket";
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                call = "setsockopt";
                socket.DualMode = address.Address.IsIPv4MappedToIPv6 || (address.Address.Equals(IPAddress.IPv6Any) && !hasIpv4);
            }

            // On Windows a port could be taken by two programs at a time. Elsewhere the class library sets what lets
            // a new server have the port of one that has just ended (SO_REUSEADDR), and nothing beyond.
            call = "bind";
            socket.ExclusiveAddressUse = OperatingSystem.IsWindows() || socket.ExclusiveAddressUse;
            socket.Bind(address);
            call = "listen";
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new FailedCallException(call, exception, PeerText.Of(address));
        }
    }
}
