using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EchoNative.Managed;

/// <summary>Addresses as text: <c>127.0.0.1:9190</c>, <c>[::1]:9190</c>, <c>[fe80::1%2]:9190</c>.</summary>
internal static class PeerText
{
    /// <summary>The address with its port. An IPv4-mapped IPv6 address is written as IPv4.</summary>
    public static string Of(IPEndPoint address)
    {
        IPAddress host = Plain(address.Address);
        return host.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Create(CultureInfo.InvariantCulture, $"[{host}]:{address.Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{address.Port}");
    }

    /// <summary>The IPv4 address of an IPv4-mapped IPv6 address; any other address unchanged.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
