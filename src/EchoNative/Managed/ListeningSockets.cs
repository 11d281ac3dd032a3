using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Options;
using EchoNative.Shared;

namespace EchoNative.Managed;

/// <summary>The sockets on which the server listens, one for each address, all on the same port.</summary>
internal static class ListeningSockets
{
    private const int MostAttempts = 16;

    /// <summary>Whether a service manager has passed sockets by LISTEN_FDS. This engine does not take them.</summary>
    public static bool ArePassed => Environment.GetEnvironmentVariable("LISTEN_PID")
        == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Parses the addresses of --bind.</summary>
    /// <exception cref="UsageException">One is not an IPv4 or IPv6 address, or is given twice.</exception>
    public static IPAddress[] ParseAddresses(ServerOptions options) =>
        BindAddresses.Read<IPAddress>(options.Bind, Literal.TryParse, IsUsable, message => new UsageException(message));

    /// <summary>Listens on all addresses. The caller owns the sockets.</summary>
    /// <exception cref="FailedCallException">A call has failed for one address. All sockets are closed then.</exception>
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
                // The port that was free at the first address is in use at another. The system chooses a new one.
            }
        }
    }

    // A datagram socket sends nothing when it is connected. That fails if the family is off, or the address is not there.
    private static bool IsUsable(IPAddress loopback)
    {
        const int AnyPort = 9;
        try
        {
            using Socket socket = new(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(loopback, AnyPort);
            return true;
        }
        catch (SocketException)
        {
            return false;
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
                // The same port for all. With port 0 it is the one that the system has chosen for the first socket.
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

            // On Windows two programs could bind the same port. On other systems the class library sets SO_REUSEADDR, which only
            // lets a new server bind the port of one that has just ended.
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

            // Linux reports ENODEV for the number of an interface that does not exist, and the class library has no code for it.
            if (exception.SocketErrorCode == SocketError.SocketError && address.Address.IsIPv6LinkLocal)
            {
                throw new FailedCallException($"{call}() error: No such device ({PeerText.Of(address)})", exception);
            }

            // What Windows reports for a port that another program uses exclusively.
            bool isInUse = OperatingSystem.IsWindows() && exception.SocketErrorCode == SocketError.AccessDenied;
            SocketException reason = isInUse ? new SocketException((int)SocketError.AddressAlreadyInUse) : exception;
            throw new FailedCallException(call, reason, PeerText.Of(address));
        }
    }
}
