namespace EchoNative.Trace.Cli;

/// <summary>What <c>echo-trace</c> is asked to do.</summary>
internal sealed record TraceOptions
{
    /// <summary>The log; empty where none was given, <c>-</c> for standard input.</summary>
    public string Log { get; init; } = "";

    /// <summary>What the names of the written files begin with; null for the name of the log without its extension.</summary>
    public string? Output { get; init; }

    /// <summary>The moment of the still picture, in seconds from the beginning of the log; null for the pictures over time.</summary>
    public decimal? At { get; init; }
}
