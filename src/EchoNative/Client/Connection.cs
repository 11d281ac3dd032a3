using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Client;

/// <summary>Connects to the host of the command line.</summary>
internal static class Connection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <param name="options">The host, and how long connecting may take.</param>
    /// <param name="address">The address that answered.</param>
    /// <returns>The connection, which the caller owns.</returns>
    /// <exception cref="PosixException">No address answers. The message names each with its reason.</exception>
    public static ConnectedSocket Open(ClientOptions options, out SocketAddress address) =>
        HostConnection.Open(
            HostName.Resolve(options.Host, options.Port, Family(options.Addresses)), options.Timeout, out address);

    private static IpFamily Family(AddressChoice choice) => choice switch
    {
        AddressChoice.Ipv4 => IpFamily.Ipv4,
        AddressChoice.Ipv6 => IpFamily.Ipv6,
        _ => IpFamily.Any,
    };
}
