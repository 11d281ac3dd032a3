using System;
using System.Net.Sockets;

namespace EchoNative.Managed;

/// <summary>
/// Keeps new connections away from a listening socket, while those that have begun can still be accepted. On Linux it drops
/// the packet by which a client begins: packets must have passed no router, which those of most systems never claim; see
/// ip(7), IP_MINTTL. Elsewhere the queue gets short.
/// </summary>
internal static class Newcomers
{
    // netinet/in.h of Linux
    private const int Ip = 0;
    private const int Ipv6 = 41;
    private const int LeastHops = 21; // IP_MINTTL
    private const int LeastHopsOfIpv6 = 73; // IPV6_MINHOPCOUNT

    /// <summary>From now on no further connection begins.</summary>
    public static void Drop(Socket listening)
    {
        if (OperatingSystem.IsLinux())
        {
            SetLeastHops(listening, byte.MaxValue);
        }
        else
        {
            listening.Listen(backlog: 0);
        }
    }

    /// <summary>Call for each client that is accepted afterwards: on Linux it inherits the demand.</summary>
    public static void TakeAnyPackets(Socket client)
    {
        if (OperatingSystem.IsLinux())
        {
            SetLeastHops(client, 0);
        }
    }

    private static void SetLeastHops(Socket socket, int hops)
    {
        try
        {
            // An IPv6 socket may have IPv4 clients, too.
            socket.SetRawSocketOption(Ip, LeastHops, BitConverter.GetBytes(hops));
            if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.SetRawSocketOption(Ipv6, LeastHopsOfIpv6, BitConverter.GetBytes(hops));
            }
        }
        catch (SocketException)
        {
            // The client has gone, or the socket does not have the option.
        }
    }
}
