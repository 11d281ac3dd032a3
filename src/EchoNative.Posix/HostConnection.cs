using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace EchoNative.Posix;

/// <summary>Connects to a host, and tries its addresses one after the other.</summary>
public static class HostConnection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <param name="candidates">The addresses, in the order in which to try them.</param>
    /// <param name="timeout">How long connecting may take, for all addresses together; null for the system's own limit.</param>
    /// <param name="address">The address that answered.</param>
    /// <returns>The connection, a blocking socket that the caller owns.</returns>
    /// <exception cref="PosixException">No address answers. The message names each with its reason.</exception>
    public static ConnectedSocket Open(
        IReadOnlyList<SocketAddress> candidates, TimeSpan? timeout, out SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        long start = MonotonicClock.Milliseconds;
        StringBuilder failures = new();
        for (int tried = 0; tried < candidates.Count; tried++)
        {
            address = candidates[tried];
            Errno error = timeout is TimeSpan limit
                ? ConnectedSocket.Connect(address, Share(limit, start, candidates.Count - tried), out ConnectedSocket server)
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
}
