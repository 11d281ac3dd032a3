using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EchoNative.Managed;

/// <summary>Addresses as they are told and given: <c>127.0.0.1:9190</c>, <c>[::1]:9190</c>, <c>[fe80::1%2]:9190</c>.</summary>
internal static class PeerText
{
    /// <summary>The address with its port. An IPv4 address is written as one in whatever family it comes.</summary>
    public static string Of(IPEndPoint address)
    {
        IPAddress host = Plain(address.Address);
        return host.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{address.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{address.Port}");
    }

    /// <summary>An IPv4 peer of a socket that serves both families as what it is.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
