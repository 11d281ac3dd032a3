using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace EchoNative.Bench;

/// <summary>A server under measurement. Its output goes to a file, for all alike.</summary>
internal sealed partial class RunningServer : IDisposable
{
    // The shell becomes pinning tool and server in turn, so the process id stays the one we know.
    private const string Launch = """log=$1; shift; exec "$@" </dev/null >"$log" 2>&1""";

    private readonly ServerProgram _program;
    private readonly OwnProcess _process;
    private readonly string _log;

    /// <summary>Starts it and waits until it serves.</summary>
    /// <exception cref="MeasurementException">It does not.</exception>
    public RunningServer(Lab lab, ServerProgram program)
    {
        _program = program;
        _log = Path.Combine(lab.Scratch, "log");
        string configuration = Path.Combine(lab.Scratch, "configuration");
        File.WriteAllText(configuration, program.Configuration ?? "");
        File.Delete(_log);
        Port = program.SpeaksOurWords ? 0 : program.FixedPort > 0 ? program.FixedPort : FreePort();
        _process = OwnProcess.Start(
            ["/bin/sh", "-c", Launch, "sh", _log, .. lab.Pinning.Server(program.Command(Port, configuration))], readsOutput: false);
        try
        {
            Deadline.WaitUntil(Serves, "it serves");
        }
        catch (MeasurementException)
        {
            Dispose();
            throw;
        }
    }

    public int Id => _process.Id;

    public int Port { get; private set; }

    /// <summary>What it and its children have used, once there are no more children.</summary>
    public ProcessAccount Settle()
    {
        // An account is read when the last child has been removed: until then it lacks that child's part.
        Deadline.WaitUntil(() => ProcessFile.ChildrenOf(Id).Count == 0, "all children are removed");
        return ProcessAccount.Of(Id);
    }

    /// <summary>Checks that no child ended otherwise than it should, as far as the log tells.</summary>
    /// <exception cref="MeasurementException">One did.</exception>
    public void CheckChildren()
    {
        _ = Settle();
        if (!_program.SpeaksOurWords)
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

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool Serves()
    {
        if (_process.HasExited)
        {
            string output = File.Exists(_log) ? File.ReadAllText(_log).Trim() : "";
            throw new MeasurementException($"it ended with exit status {_process.ExitStatus}: {output}");
        }

        return _program.SpeaksOurWords ? SaysListening() : TakesConnection();
    }

    private bool SaysListening()
    {
        Match line = File.Exists(_log) ? ListeningLine().Match(File.ReadAllText(_log)) : Match.Empty;
        Port = line.Success ? int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return line.Success;
    }

    private bool TakesConnection()
    {
        try
        {
            using TcpClient client = new();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^listening on .*:(\d+)$", RegexOptions.Multiline)]
    private static partial Regex ListeningLine();

    // "removed proc id: 4711 (killed by SIGSEGV)"; where a child exits 0, nothing follows its number.
    [GeneratedRegex(@"^removed proc id: \d+ ")]
    private static partial Regex BadEnd();
}
