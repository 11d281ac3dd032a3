using System;
using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Shared;

/// <summary>How both directions of a transfer have ended, and the lines that the client writes about it at its end.</summary>
internal sealed class TransferReport
{
    /// <summary>The server's address, as it is shown.</summary>
    public required string Server { get; init; }

    /// <summary>How many bytes the system has taken for the server.</summary>
    public required long Sent { get; init; }

    /// <summary>How many bytes have come back.</summary>
    public required long Received { get; init; }

    /// <summary>The checksum of the bytes that were sent; null without --verify.</summary>
    public Checksum? SentChecksum { get; init; }

    /// <summary>The checksum of the bytes that have come back; null without --verify.</summary>
    public Checksum? ReceivedChecksum { get; init; }

    /// <summary>Why the connection could not be read, or null.</summary>
    public string? ReceiveError { get; init; }

    /// <summary>Why the client could not wait for bytes, or null.</summary>
    public string? WaitError { get; init; }

    /// <summary>For how long no answer came before the client gave up; null if it did not.</summary>
    public TimeSpan? Unanswered { get; init; }

    /// <summary>
    /// Why standard output could not be written, or null. After such an error the client receives no more, so that bytes are
    /// missing for this reason alone.
    /// </summary>
    public string? OutputError { get; init; }

    /// <summary>Why standard input could not be read, or null.</summary>
    public string? InputError { get; init; }

    /// <summary>Why the connection could not be half-closed, or null.</summary>
    public string? ShutdownError { get; init; }

    /// <summary>Why the connection could not be written to, or null.</summary>
    public string? SendError { get; init; }

    /// <summary>Whether the server closed the connection before everything was sent.</summary>
    public bool ServerClosedFirst { get; init; }

    /// <summary>The signal that killed the sending process, with its SIG, or null.</summary>
    public string? SenderKilledBy { get; init; }

    /// <summary>The process id of the sending process if it could not be ended, or null.</summary>
    public int? LeftSender { get; init; }

    /// <summary>Writes a line about each problem; if there is none and a checksum was wanted, a line that it is right.</summary>
    /// <param name="isQuiet">Whether only problems are written.</param>
    /// <param name="write">Writes one line, which ends in a newline, to standard error.</param>
    /// <returns>Whether there was no problem.</returns>
    public bool Write(bool isQuiet, Action<string> write)
    {
        IReadOnlyList<string> problems = FindProblems();
        foreach (string problem in problems)
        {
            write($"echo-client: {problem}\n");
        }

        if (problems.Count == 0 && !isQuiet && ReceivedChecksum is Checksum checksum)
        {
            write($"verified: {Received} bytes, crc32c {checksum}\n");
        }

        return problems.Count == 0;
    }

    /// <summary>All problems in the order in which they are written, each as a line without its newline.</summary>
    internal IReadOnlyList<string> FindProblems()
    {
        List<string> problems = [];
        AddFailedCall(problems, "read", ReceiveError, Server);
        AddFailedCall(problems, "ppoll", WaitError, Server);
        if (Unanswered is TimeSpan time)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"no answer for {time.TotalSeconds:0.###} s ({Server})"));
        }

        AddFailedCall(problems, "write", OutputError, "standard output");
        AddFailedCall(problems, "read", InputError, "standard input");
        AddFailedCall(problems, "shutdown", ShutdownError, Server);
        if (ServerClosedFirst)
        {
            problems.Add("server closed the connection");
        }
        else if (SendError is not null)
        {
            AddFailedCall(problems, "write", SendError, Server);
        }
        else if (SenderKilledBy is not null)
        {
            problems.Add($"the sending process was killed by {SenderKilledBy}");
        }

        if (LeftSender is int left)
        {
            problems.Add($"kill() error: the process has not ended (proc id {left} is left)");
        }

        if (OutputError is null)
        {
            AddDifferences(problems);
        }

        return problems;
    }

    private static void AddFailedCall(List<string> problems, string call, string? error, string subject)
    {
        if (error is not null)
        {
            problems.Add($"{call}() error: {error} ({subject})");
        }
    }

    private void AddDifferences(List<string> problems)
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
