using System;

namespace EchoNative.Options;

/// <summary>Which of a host's addresses may be used.</summary>
internal enum AddressChoice
{
    /// <summary>All of them.</summary>
    Any,

    /// <summary>IPv4 addresses only.</summary>
    Ipv4,

    /// <summary>IPv6 addresses only.</summary>
    Ipv6,
}

/// <summary>What <c>echo-client</c> was asked to do.</summary>
internal sealed record ClientOptions
{
    /// <summary>An IPv4 or IPv6 literal, or a name.</summary>
    public required string Host { get; init; }

    /// <summary>The port, never 0.</summary>
    public required int Port { get; init; }

    /// <summary>Which addresses may be used. A literal is never of the other family.</summary>
    public AddressChoice Addresses { get; init; }

    /// <summary>How long connecting may take, for all addresses together; null for the system's own limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long to wait for an answer that is missing, without a byte; null for any time.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Whether bytes pass unchanged in both directions.</summary>
    public bool Raw { get; init; }

    /// <summary>Whether what came back is compared with what was sent, by a checksum.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether what comes back is counted but not shown, and only errors are written.</summary>
    public bool Quiet { get; init; }
}
