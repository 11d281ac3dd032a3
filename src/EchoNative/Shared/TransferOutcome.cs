using System.Collections.Generic;

namespace EchoNative.Shared;

/// <summary>How both directions of a transfer have ended, and what of that is a problem, in words.</summary>
internal sealed class TransferOutcome
{
    /// <summary>The server's address, as it is shown.</summary>
    public required string Server { get; init; }

    /// <summary>Bytes that the system has taken for the server.</summary>
    public required long Sent { get; init; }

    /// <summary>Bytes that have come back.</summary>
    public required long Received { get; init; }

    /// <summary>Of the bytes that were sent; null where nobody asked for it.</summary>
    public Checksum? SentChecksum { get; init; }

    /// <summary>Of the bytes that have come back; null where nobody asked for it.</summary>
    public Checksum? ReceivedChecksum { get; init; }

    /// <summary>Why the connection could not be read from, or null.</summary>
    public string? ReceiveError { get; init; }

    /// <summary>Why standard output could not be written to, or null. Then the rest was not asked for.</summary>
    public string? OutputError { get; init; }

    /// <summary>Why standard input could not be read, or null.</summary>
    public string? InputError { get; init; }

    /// <summary>Why the connection could not be half-closed, or null.</summary>
    public string? ShutdownError { get; init; }

    /// <summary>Why the connection could not be written to, or null.</summary>
    public string? SendError { get; init; }

    /// <summary>Whether the server closed before everything was said.</summary>
    public bool ServerClosedFirst { get; init; }

    /// <summary>The signal that ended a sending process, with its SIG, or null.</summary>
    public string? SenderKilledBy { get; init; }

    /// <summary>Everything that went wrong, a line each, in the order in which it is told.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        List<string> problems = [];
        AddCall(problems, "read", ReceiveError, Server);
        AddCall(problems, "write", OutputError, "standard output");
        AddCall(problems, "read", InputError, "standard input");
        AddCall(problems, "shutdown", ShutdownError, Server);
        if (ServerClosedFirst)
        {
            problems.Add("server closed the connection");
        }
        else if (SendError is not null)
        {
            AddCall(problems, "write", SendError, Server);
        }
        else if (SenderKilledBy is not null)
        {
            problems.Add($"the sending process was killed by {SenderKilledBy}");
        }

        if (OutputError is null)
        {
            AddMissing(problems);
        }

        return problems;
    }

    private static void AddCall(List<string> problems, string call, string? error, string subject)
    {
        if (error is not null)
        {
            problems.Add($"{call}() error: {error} ({subject})");
        }
    }

    private void AddMissing(List<string> problems)
    {
        long missing = Sent - Received;
        if (missing > 0)
        {
            problems.Add($"{missing} of {Sent} bytes did not come back");
        }

        if (SentChecksum is Checksum sent && ReceivedChecksum is Checksum received
            && (missing != 0 || sent.Value != received.Value))
        {
            problems.Add($"not verified: sent {Sent} bytes, crc32c {sent}; received {Received} bytes, crc32c {received}");
        }
    }
}
