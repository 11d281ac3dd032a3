namespace EchoNative.Options;

/// <summary>What is done to the server, over and over.</summary>
internal enum BenchMode
{
    /// <summary>Connect, echo, close.</summary>
    Connect,

    /// <summary>Round trips on open connections.</summary>
    Ping,

    /// <summary>Bulk, sent and received at the same time.</summary>
    Stream,

    /// <summary>Many connections that are kept, and round trips on one after the other.</summary>
    Hold,
}
