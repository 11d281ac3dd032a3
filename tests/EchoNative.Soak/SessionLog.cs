using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.Soak;

/// <summary>What the log of a server says about its sessions. They are looked up by the client's address.</summary>
internal sealed partial class SessionLog
{
    private readonly Dictionary<string, string> _peerOf = [];
    private readonly HashSet<string> _connected = [];
    private readonly HashSet<string> _explained = [];

    /// <summary>Reads the whole log.</summary>
    public SessionLog(RunningServer server)
    {
        foreach (string line in server.Lines)
        {
            Read(line);
        }

        // At most one line a second has the address of a client. The summary has the number of all.
        MatchCollection logged = ForkError().Matches(server.Program.Error);
        _explained.UnionWith(logged.Select(disconnected => disconnected.Groups[1].Value));
        ForksFailedUnlogged = ForksFailed - logged.Count;
        AcceptsFailed = server.Program.Error.Split("accept() error").Length - 1;
    }

    /// <summary>Children that were forked and removed.</summary>
    public int Removed { get; private set; }

    /// <summary>Children that SIGKILL ended.</summary>
    public int Killed { get; private set; }

    /// <summary>How many of them had not yet written the line with the client's address.</summary>
    public int KilledBeforeLog { get; private set; }

    /// <summary>Children that another signal ended. There must be none.</summary>
    public int Crashed { get; private set; }

    /// <summary>Sessions that were idle for too long.</summary>
    public int Idle { get; private set; }

    /// <summary>How often a limit was reached.</summary>
    public int LimitsReached { get; private set; }

    /// <summary>Clients that were refused at a limit.</summary>
    public long Refused { get; private set; }

    /// <summary>Clients that were disconnected because fork(2) failed.</summary>
    public int ForksFailed { get; private set; }

    /// <summary>How many of them have no line of their own.</summary>
    public int ForksFailedUnlogged { get; }

    /// <summary>How often accept(2) failed for lack of a descriptor, as often as the log says so.</summary>
    public int AcceptsFailed { get; }

    /// <summary>Whether the log says why this client was not served to its end.</summary>
    public bool Explains(string peer) => _explained.Contains(peer);

    /// <summary>Whether a child has logged that it serves this client.</summary>
    public bool HasSeen(string peer) => _connected.Contains(peer);

    private void Read(string line)
    {
        string[] words = line.Split(' ');
        switch (words[0] == "summary..." ? words[0] : $"{words[0]} {words.ElementAtOrDefault(1)}")
        {
            case "new client":
                _peerOf[words[5].TrimEnd(',')] = words[3];
                _ = _connected.Add(words[3]);
                break;

            case "client disconnected..." when line.Contains(" s): ", StringComparison.Ordinal):
                _ = _explained.Add(words[2]);
                Idle += line.Contains(": idle for ", StringComparison.Ordinal) ? 1 : 0;
                break;

            case "client refused...":
                _ = _explained.Add(words[2]);
                break;

            case "limit reached...":
                LimitsReached++;
                break;

            case "summary..." when Totals().Match(line) is { Success: true } totals:
                Refused = long.Parse(totals.Groups[1].Value, CultureInfo.InvariantCulture);
                ForksFailed = int.Parse(totals.Groups[2].Value, CultureInfo.InvariantCulture);
                break;

            case "removed proc":
                ReadRemoved(words[3], line);
                break;
        }
    }

    // Process ids are used again, so a child's peer is the one in the last line with its process id.
    private void ReadRemoved(string processId, string line)
    {
        Removed++;
        bool isKnown = _peerOf.Remove(processId, out string? peer);
        if (line.EndsWith("(killed by SIGKILL)", StringComparison.Ordinal))
        {
            Killed++;
            KilledBeforeLog += isKnown ? 0 : 1;
            _ = isKnown && _explained.Add(peer!);
        }
        else if (line.Contains("killed by", StringComparison.Ordinal))
        {
            Crashed++;
        }
    }

    [GeneratedRegex(@" (\d+) refused, (\d+) failed forks,")]
    private static partial Regex Totals();

    [GeneratedRegex(@"fork\(\) error: .* \((\S+) was disconnected\)")]
    private static partial Regex ForkError();
}
