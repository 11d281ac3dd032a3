using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Client;

/// <summary>Connects to a host, and tries its addresses one after the other.</summary>
internal static class Connection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <param name="options">The host, and how long connecting may take.</param>
    /// <param name="address">The address that answered.</param>
    /// <returns>The connection, which the caller owns.</returns>
    /// <exception cref="PosixException">No address answers. The message names each with its reason.</exception>
    public static ConnectedSocket Open(ClientOptions options, out SocketAddress address)
    {
        IReadOnlyList<SocketAddress> candidates = HostName.Resolve(options.Host, options.Port, Family(options.Addresses));
        long start = MonotonicClock.Milliseconds;
        StringBuilder failures = new();
        for (int tried = 0; tried < candidates.Count; tried++)
        {
            address = candidates[tried];
            Errno error = options.Timeout is TimeSpan timeout
                ? ConnectedSocket.Connect(address, Share(timeout, start, candidates.Count - tried), out ConnectedSocket server)
                : ConnectedSocket.Connect(address, out server);
            if (!error.IsError)
            {
                return server;
            }

            string separator = failures.Length == 0 ? "" : "; ";
            _ = failures.Append(CultureInfo.InvariantCulture, $"{separator}{error} ({address})");
        }

        throw new PosixException($"connect() error: {failures}");
    }

    // The timeout is for all addresses together. Each gets an equal share of the time that is left, so that there is time to
    // try the next one. An address that refuses at once leaves its share to the others.
    private static int Share(TimeSpan timeout, long start, int addressesLeft)
    {
        long left = (long)timeout.TotalMilliseconds - (MonotonicClock.Milliseconds - start);
        return (int)Math.Max(1, left / addressesLeft);
    }

    private static IpFamily Family(AddressChoice choice) => choice switch
    {
        AddressChoice.Ipv4 => IpFamily.Ipv4,
        AddressChoice.Ipv6 => IpFamily.Ipv6,
        _ => IpFamily.Any,
    };
}
