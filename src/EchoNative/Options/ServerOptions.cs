using System.Collections.Generic;

namespace EchoNative.Options;

/// <summary>What a server at its limit does with a further client.</summary>
internal enum BusyMode
{
    /// <summary>It does not accept the client, which waits in the kernel's queue.</summary>
    Wait,

    /// <summary>It disconnects the client at once.</summary>
    Refuse,
}

/// <summary>Whether the server gives up the rights that it does not need.</summary>
internal enum SandboxMode
{
    /// <summary>It does. Where the kernel has no filter of system calls, it reports that and serves.</summary>
    WherePossible,

    /// <summary>It does, and it does not start where the kernel has no filter of system calls.</summary>
    Required,

    /// <summary>It keeps all its rights.</summary>
    None,
}

/// <summary>How events are written.</summary>
internal enum LogFormat
{
    /// <summary>In the words of the textbook.</summary>
    Text,

    /// <summary>One JSON object a line, for programs.</summary>
    Json,
}

/// <summary>What <c>echo-server</c> was asked to do.</summary>
internal sealed record ServerOptions
{
    public const int DefaultGraceSeconds = 8;
    public const int DefaultMaxClients = 1000;
    public const int DefaultPeerPrefix = 64;

    /// <summary>All IPv4 addresses of this machine.</summary>
    public static readonly IReadOnlyList<string> DefaultBind = ["0.0.0.0"];

    /// <summary>
    /// The port; 0 for any free one. It is -1 with <see cref="Inetd"/> and with <see cref="PassedSockets"/>, which need none.
    /// </summary>
    public required int Port { get; init; }

    /// <summary>The IPv4 or IPv6 literals to listen on, or localhost, all on the same port.</summary>
    public IReadOnlyList<string> Bind { get; init; } = DefaultBind;

    /// <summary>How many listening sockets a service manager has passed, from descriptor 3 on. They replace --bind.</summary>
    public int PassedSockets { get; init; }

    /// <summary>Whether to serve the one connection on standard input, and end.</summary>
    public bool Inetd { get; init; }

    /// <summary>The file that gets the ports, one a line, when clients can connect; null for no file.</summary>
    public string? PortFile { get; init; }

    /// <summary>The descriptor that gets the ports too, and is closed then; null for none.</summary>
    public int? ReadyDescriptor { get; init; }

    /// <summary>How many connections may wait to be accepted; null for as many as the system allows.</summary>
    public int? Backlog { get; init; }

    /// <summary>The user whose rights are kept after binding, by name or number; null to keep all rights.</summary>
    public string? User { get; init; }

    /// <summary>The group whose rights are kept, by name or number; null for the user's own group.</summary>
    public string? Group { get; init; }

    /// <summary>How many clients are served at the same time; 0 for any number.</summary>
    public int MaxClients { get; init; } = DefaultMaxClients;

    /// <summary>What happens to a client that comes when <see cref="MaxClients"/> are served.</summary>
    public BusyMode Busy { get; init; }

    /// <summary>How many clients of the same peer are served at the same time; 0 for any number.</summary>
    public int MaxPerPeer { get; init; }

    /// <summary>How many bits of an IPv6 address tell one peer from another, from 1 to 128.</summary>
    public int PeerPrefix { get; init; } = DefaultPeerPrefix;

    /// <summary>After how many seconds without a byte in either direction a session ends; 0 for never.</summary>
    public int IdleTimeoutSeconds { get; init; }

    /// <summary>Whether each connection begins with a PROXY header, which says who the client is.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Whether each client first gets a line with the name of the machine and the process.</summary>
    public bool Banner { get; init; }

    /// <summary>Whether sessions that end without a byte are counted and not logged.</summary>
    public bool IgnoreProbes { get; init; }

    /// <summary>For how many seconds sessions may continue after a request to stop.</summary>
    public int GraceSeconds { get; init; } = DefaultGraceSeconds;

    /// <summary>Whether the kernel is asked to refuse all system calls and rights that the server does not need.</summary>
    public SandboxMode Sandbox { get; init; }

    /// <summary>How events are written.</summary>
    public LogFormat Log { get; init; }

    /// <summary>Whether each line of text begins with the time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Whether only errors are written.</summary>
    public bool Quiet { get; init; }
}
