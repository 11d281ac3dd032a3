using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>Connecting to a host that may have many addresses, one after the other.</summary>
internal static class Connection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <param name="options">The host, and how long that may take.</param>
    /// <param name="address">The address that answered.</param>
    /// <returns>The connection, which does not wait and which the caller owns.</returns>
    /// <exception cref="FailedCallException">None does. Each is named with its reason.</exception>
    public static Socket Open(ClientOptions options, out IPEndPoint address)
    {
        IPAddress[] candidates = Resolve(options);
        long start = Stopwatch.GetTimestamp();
        StringBuilder failures = new();
        for (int tried = 0; tried < candidates.Length; tried++)
        {
            address = new IPEndPoint(candidates[tried], options.Port);
            TimeSpan? share = options.Timeout is TimeSpan timeout
                ? Share(timeout - Stopwatch.GetElapsedTime(start), candidates.Length - tried)
                : null;
            if (TryConnect(address, share, out Socket? server, out string? reason))
            {
                return server;
            }

            _ = failures.Append(failures.Length == 0 ? "" : "; ").Append(reason).Append(" (").Append(PeerText.Of(address)).Append(')');
        }

        throw new FailedCallException($"connect() error: {failures}");
    }

    private static IPAddress[] Resolve(ClientOptions options)
    {
        if (Literal.TryParse(options.Host, out IPAddress? literal))
        {
            return [literal];
        }

        try
        {
            return Dns.GetHostAddresses(options.Host, options.Addresses switch
            {
                AddressChoice.Ipv4 => AddressFamily.InterNetwork,
                AddressChoice.Ipv6 => AddressFamily.InterNetworkV6,
                _ => AddressFamily.Unspecified,
            });
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new FailedCallException("getaddrinfo", exception, options.Host);
        }
    }

    // The time is for all of them. An address that does not answer has its part of what is left, so that those
    // behind it are tried; what one that refuses at once leaves over is theirs.
    private static TimeSpan Share(TimeSpan left, int addresses) =>
        TimeSpan.FromMilliseconds(Math.Max(1, (long)left.TotalMilliseconds / addresses));

    private static bool TryConnect(
        IPEndPoint address, TimeSpan? patience, [NotNullWhen(true)] out Socket? server, out string? reason)
    {
        // A system without the address's family is a fact about the address, and told: another one may do.
        if (!TryOpen(address, out server, out reason))
        {
            return false;
        }

        try
        {
            // A typed line leaves at once, instead of waiting until the server has acknowledged the one before.
            server.NoDelay = true;
            using CancellationTokenSource limit = new();
            if (patience is TimeSpan time)
            {
                limit.CancelAfter(time);
            }

            server.ConnectAsync(address, limit.Token).AsTask().GetAwaiter().GetResult();
            server.Blocking = false;
            return true;
        }
        catch (OperationCanceledException)
        {
            // The system's own limit and this one are told alike.
            reason = Reason.Of(SocketError.TimedOut);
        }
        catch (SocketException exception)
        {
            reason = Reason.Of(exception);
        }

        server.Dispose();
        return false;
    }

    private static bool TryOpen(IPEndPoint address, [NotNullWhen(true)] out Socket? socket, out string? reason)
    {
        reason = null;
        socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported)
        {
            reason = Reason.Of(exception);
        }
        catch (SocketException exception)
        {
            throw new FailedCallException("socket", exception, PeerText.Of(address));
        }

        return socket is not null;
    }
}
