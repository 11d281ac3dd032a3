using System.Collections.Generic;

namespace EchoNative.Options;

/// <summary>What <c>echo-server</c> was asked to do.</summary>
internal sealed record ServerOptions
{
    public const int DefaultGraceSeconds = 10;
    public const int DefaultMaxClients = 1000;

    /// <summary>All IPv4 addresses of this machine.</summary>
    public static readonly IReadOnlyList<string> DefaultBind = ["0.0.0.0"];

    /// <summary>The port, or 0 for any free one; -1 where there is none, since a connection or sockets are passed.</summary>
    public required int Port { get; init; }

    /// <summary>The IPv4 or IPv6 literals to listen on, all on the same port.</summary>
    public IReadOnlyList<string> Bind { get; init; } = DefaultBind;

    /// <summary>How many listening sockets a service manager has passed, from descriptor 3 on, in place of these.</summary>
    public int PassedSockets { get; init; }

    /// <summary>Whether to serve the one connection on standard input, and end.</summary>
    public bool Inetd { get; init; }

    /// <summary>Where to write the ports, one a line, when clients can connect; null for nowhere.</summary>
    public string? PortFile { get; init; }

    /// <summary>The descriptor to which to write the same, and to close then; null for none.</summary>
    public int? ReadyDescriptor { get; init; }

    /// <summary>How many connections may wait to be accepted; null for as many as the system allows.</summary>
    public int? Backlog { get; init; }

    /// <summary>The user whose rights are kept after binding, by name or number; null to keep all.</summary>
    public string? User { get; init; }

    /// <summary>The group likewise; null for the user's own.</summary>
    public string? Group { get; init; }

    /// <summary>How many clients are served at the same time; 0 for any number.</summary>
    public int MaxClients { get; init; } = DefaultMaxClients;

    /// <summary>What becomes of a client who comes when that many are there.</summary>
    public BusyMode Busy { get; init; }

    /// <summary>How many clients from the same address are served at the same time; 0 for any number.</summary>
    public int MaxPerPeer { get; init; }

    /// <summary>How long a session may go on without a byte either way, in seconds; 0 for any time.</summary>
    public int IdleTimeoutSeconds { get; init; }

    /// <summary>How long sessions may go on after a request to stop, in seconds.</summary>
    public int GraceSeconds { get; init; } = DefaultGraceSeconds;

    /// <summary>Whether the kernel is told what the server never does, so that it can't be made to.</summary>
    public bool Sandbox { get; init; } = true;

    /// <summary>How events are written.</summary>
    public LogFormat Log { get; init; }

    /// <summary>Whether each line of text has the time before it.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Whether only errors are told.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether the managed engine is wanted where there is a choice.</summary>
    public bool Managed { get; init; }
}
