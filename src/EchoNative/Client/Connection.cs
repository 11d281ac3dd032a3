using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Client;

/// <summary>Connecting to a host that may have many addresses, one after the other.</summary>
internal static class Connection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <returns>The connection, which the caller owns.</returns>
    /// <exception cref="PosixException">None does. Each is named with its reason.</exception>
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

    // The time is for all of them. An address that does not answer has its part of what is left, so that those
    // behind it are tried; what one that refuses at once leaves over is theirs.
    private static int Share(TimeSpan timeout, long start, int addresses)
    {
        long left = (long)timeout.TotalMilliseconds - (MonotonicClock.Milliseconds - start);
        return (int)Math.Max(1, left / addresses);
    }

    private static IpFamily Family(AddressChoice choice) => choice switch
    {
        AddressChoice.Ipv4 => IpFamily.Ipv4,
        AddressChoice.Ipv6 => IpFamily.Ipv6,
        _ => IpFamily.Any,
    };
}
