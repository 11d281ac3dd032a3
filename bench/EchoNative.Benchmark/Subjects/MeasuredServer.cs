using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.Benchmark;

/// <summary>
/// What a process has used until now, together with the children that it has removed. The kernel adds the usage of a child
/// to that of its parent when the parent waits for it; see times(2) and getrusage(2).
/// </summary>
/// <param name="Seconds">The processor time, user and system, in steps of 10 ms.</param>
/// <param name="MinorFaults">The page faults that needed no reading from a disk.</param>
internal readonly record struct ProcessAccount(double Seconds, double MinorFaults)
{
    // The unit of times in /proc, sysconf(_SC_CLK_TCK), is 100 on every Linux.
    private const double TicksPerSecond = 100;

    /// <summary>Reads the account of a process. It lacks the children that were not removed yet.</summary>
    /// <exception cref="MeasurementException">The process does not exist.</exception>
    public static ProcessAccount Of(int processId)
    {
        ProcessStat stat = ProcessTable.StatOf(processId) ?? throw new MeasurementException("the server has ended");
        return new ProcessAccount((stat.Ticks + stat.ChildTicks) / TicksPerSecond, stat.MinorFaults + stat.ChildMinorFaults);
    }

    /// <summary>What was used between two readings.</summary>
    public ProcessAccount Since(ProcessAccount earlier) =>
        new(Seconds - earlier.Seconds, MinorFaults - earlier.MinorFaults);
}

/// <summary>A server that is measured. Like that of all others, its output goes to a file.</summary>
internal sealed partial class MeasuredServer : IDisposable
{
    // The shell becomes taskset by exec, and taskset the server, so the process id stays the same.
    private const string Launch = """log=$1; shift; exec "$@" </dev/null >"$log" 2>&1""";

    private readonly ServerProgram _program;
    private readonly StartedProcess _process;
    private readonly string _log;

    /// <summary>Starts the server and waits until it accepts clients.</summary>
    /// <exception cref="MeasurementException">It has ended.</exception>
    public MeasuredServer(Lab lab, ServerProgram program)
    {
        _program = program;
        _log = Path.Combine(lab.Scratch, "log");
        string configuration = Path.Combine(lab.Scratch, "configuration");
        File.WriteAllText(configuration, program.Configuration ?? "");
        File.Delete(_log);
        Port = program.HasOurLog ? 0 : program.FixedPort > 0 ? program.FixedPort : Loopback.FreePort();
        _process = StartedProcess.Start(
            ["/bin/sh", "-c", Launch, "sh", _log, .. lab.Pinning.Server(program.Command(Port, configuration))],
            readsOutput: false);
        try
        {
            Deadline.WaitUntil(Serves, "it serves");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Id => _process.Id;

    public int Port { get; private set; }

    /// <summary>Waits until it has no more children, and reads what it and its children have used.</summary>
    public ProcessAccount WaitForChildren()
    {
        // The account of a child is in that of the parent only when the child has been removed.
        Deadline.WaitUntil(() => ProcessTable.ChildrenOf(Id).Count == 0, "all children are removed");
        return ProcessAccount.Of(Id);
    }

    /// <summary>Checks by the log, if it is like ours, that all children ended with exit status 0.</summary>
    /// <exception cref="MeasurementException">A child ended in another way.</exception>
    public void CheckChildren()
    {
        _ = WaitForChildren();
        if (!_program.HasOurLog)
        {
            return;
        }

        string[] lines = File.ReadAllLines(_log);
        string? bad = lines.FirstOrDefault(line => BadEnd().IsMatch(line));
        if (bad is not null)
        {
            throw new MeasurementException($"a child did not end well: '{bad}'");
        }

        int connected = CountOf(lines, "new client connected... ");
        int disconnected = CountOf(lines, "client disconnected... ");
        if (connected != disconnected)
        {
            throw new MeasurementException($"{connected} clients connected, {disconnected} disconnected");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            const int Milliseconds = 3000;
            _process.Signal("TERM");
            _ = _process.WaitForExit(Milliseconds);
        }

        _process.Dispose();
    }

    private static int CountOf(IEnumerable<string> lines, string start) =>
        lines.Count(line => line.StartsWith(start, StringComparison.Ordinal));

    private bool Serves()
    {
        if (_process.HasExited)
        {
            string output = File.Exists(_log) ? File.ReadAllText(_log).Trim() : "";
            throw new MeasurementException($"it ended with exit status {_process.ExitStatus}: {output}");
        }

        return _program.HasOurLog ? LogsListening() : AcceptsConnection();
    }

    private bool LogsListening()
    {
        Match line = File.Exists(_log) ? ListeningLine().Match(File.ReadAllText(_log)) : Match.Empty;
        Port = line.Success ? int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return line.Success;
    }

    private bool AcceptsConnection()
    {
        using Socket? socket = Loopback.TryConnect(Port);
        return socket is not null;
    }

    [GeneratedRegex(@"^listening on .*:(\d+)$", RegexOptions.Multiline)]
    private static partial Regex ListeningLine();

    // Such as "removed proc id: 4711 (killed by SIGSEGV)". If a child exits with 0, nothing follows the process id.
    [GeneratedRegex(@"^removed proc id: \d+ ")]
    private static partial Regex BadEnd();
}
