using System;

namespace EchoNative.Options;

/// <summary>What <c>echo-client</c> was asked to do.</summary>
internal sealed record ClientOptions
{
    /// <summary>An IPv4 or IPv6 literal, or a name.</summary>
    public required string Host { get; init; }

    /// <summary>The port, never 0.</summary>
    public required int Port { get; init; }

    /// <summary>Which addresses may be used. A literal is never one of the other family.</summary>
    public AddressChoice Addresses { get; init; }

    /// <summary>How long connecting may take, all addresses together; null for as long as the system tries.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether bytes pass unchanged in both directions.</summary>
    public bool Raw { get; init; }

    /// <summary>Whether what came back is compared with what was sent, by a checksum.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether what comes back is counted but not shown, and only errors are told.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether the managed engine is wanted where there is a choice.</summary>
    public bool Managed { get; init; }
}
