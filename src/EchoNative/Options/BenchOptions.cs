using System;

namespace EchoNative.Options;

/// <summary>Which operation is repeated against the server.</summary>
internal enum BenchMode
{
    /// <summary>Connect, echo, close.</summary>
    Connect,

    /// <summary>Round trips on open connections.</summary>
    Ping,

    /// <summary>Bulk data, sent and received at the same time.</summary>
    Stream,

    /// <summary>Many connections that stay open, and round trips on one after the other.</summary>
    Hold,
}

/// <summary>What <c>echo-bench</c> was asked to do. An option that was not given has the default of the mode.</summary>
internal sealed record BenchOptions
{
    private const int ConnectSize = 5;
    private const int PingSize = 30;
    private const int StreamSize = 65536;
    private const int HeldConnections = 1000;

    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_warmup = TimeSpan.FromSeconds(0.5);

    private readonly int? _connections;
    private readonly int? _size;
    private readonly TimeSpan? _duration;
    private readonly TimeSpan? _warmup;

    /// <summary>Which operation is repeated.</summary>
    public required BenchMode Mode { get; init; }

    /// <summary>An IPv4 or IPv6 literal, or a name.</summary>
    public required string Host { get; init; }

    /// <summary>The port, never 0.</summary>
    public required int Port { get; init; }

    /// <summary>How many connections are open at a time.</summary>
    public int Connections
    {
        get => _connections ?? (Mode == BenchMode.Hold ? HeldConnections : 1);
        init => _connections = value;
    }

    /// <summary>The bytes of one message; in a stream, of one block.</summary>
    public int Size
    {
        get => _size ?? Mode switch
        {
            BenchMode.Connect => ConnectSize,
            BenchMode.Stream => StreamSize,
            _ => PingSize,
        };
        init => _size = value;
    }

    /// <summary>For how long new operations are started, if no count is given.</summary>
    public TimeSpan Duration
    {
        get => _duration ?? s_duration;
        init => _duration = value;
    }

    /// <summary>Whether the duration was given, and is not the default.</summary>
    public bool HasDuration => _duration is not null;

    /// <summary>How many operations are made, or in a stream how many bytes are sent; null to stop by time.</summary>
    public long? Count { get; init; }

    /// <summary>
    /// How long the load runs before anything is counted. With a count the default is 0, so that the server sees exactly
    /// that many operations.
    /// </summary>
    public TimeSpan Warmup
    {
        get => _warmup ?? (Count is null ? s_warmup : TimeSpan.Zero);
        init => _warmup = value;
    }

    /// <summary>How long an answer may take. A longer one is an error.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the result is one line of JSON.</summary>
    public bool Json { get; init; }
}
