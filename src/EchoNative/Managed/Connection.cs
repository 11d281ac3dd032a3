using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using EchoNative.Options;

namespace EchoNative.Managed;

/// <summary>Connects to a host, and tries its addresses one after the other.</summary>
internal static class Connection
{
    /// <summary>Connects to the first address that answers.</summary>
    /// <param name="options">The host, and how long connecting may take.</param>
    /// <param name="address">The address that answered.</param>
    /// <returns>The connection, a non-blocking socket that the caller owns.</returns>
    /// <exception cref="FailedCallException">No address answers. The message names each with its reason.</exception>
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

            string separator = failures.Length == 0 ? "" : "; ";
            _ = failures.Append(CultureInfo.InvariantCulture, $"{separator}{reason} ({PeerText.Of(address)})");
        }

        throw new FailedCallException($"connect() error: {failures}");
    }

    private static IPAddress[] Resolve(ClientOptions options)
    {
        if (Literal.TryParse(options.Host, out IPAddress? literal))
        {
            return [literal];
        }

        // Names have no colon. The class library would take an interface that does not exist for none.
        if (options.Host.Contains(':', StringComparison.Ordinal))
        {
            throw new FailedCallException("getaddrinfo", new SocketException((int)SocketError.HostNotFound), options.Host);
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

    // The timeout is for all addresses together. Each gets an equal share of the time that is left, so that there is time to
    // try the next one. An address that refuses at once leaves its share to the others.
    private static TimeSpan Share(TimeSpan left, int addressesLeft) =>
        TimeSpan.FromMilliseconds(Math.Max(1, (long)left.TotalMilliseconds / addressesLeft));

    private static bool TryConnect(
        IPEndPoint address, TimeSpan? timeout, [NotNullWhen(true)] out Socket? server, out string? reason)
    {
        // A system without the address's family is a failure of this address only: another address may work.
        if (!TryOpen(address, out server, out reason))
        {
            return false;
        }

        try
        {
            // A typed line is sent at once, even if the server has not yet acknowledged the previous one.
            server.NoDelay = true;
            using CancellationTokenSource limit = new();
            if (timeout is TimeSpan time)
            {
                limit.CancelAfter(time);
            }

            server.ConnectAsync(address, limit.Token).AsTask().GetAwaiter().GetResult();
            server.Blocking = false;
            if (!Equals(server.LocalEndPoint, server.RemoteEndPoint))
            {
                return true;
            }

            // If nobody listens on the port, and the system chooses that same port for the client's end, it connects the
            // socket to itself.
            reason = Reason.Of(SocketError.ConnectionRefused);
            server.Close(timeout: 0); // resets the connection, so that the port is free at once
        }
        catch (OperationCanceledException)
        {
            // The same message as for the system's own time limit.
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
