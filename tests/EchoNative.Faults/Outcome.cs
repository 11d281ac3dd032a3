namespace EchoNative.Faults;

/// <summary>What becomes of a program one of whose system calls was tampered with, where it keeps its promises.</summary>
internal enum Outcome
{
    /// <summary>Everything was done as without it.</summary>
    Unnoticed,

    /// <summary>One session, or one client, ended early and told the reason.</summary>
    OneEnded,

    /// <summary>The server did not start, or stopped, and told the reason.</summary>
    ServerEnded,
}
