using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using EchoNative.Testing;
using EchoNative.Trace.Findings;
using EchoNative.Trace.Model;

namespace EchoNative.TraceTests;

/// <summary>
/// A recording of a real server with three clients that are connected at the same time. The constructor makes the recording.
/// </summary>
public sealed partial class ServerRecording : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly RunningProgram _strace;

    /// <summary>Records it.</summary>
    /// <param name="endTogether">Whether the children end while the server is stopped, so that their signals merge.</param>
    /// <param name="command">The server, which takes a free port and says which.</param>
    public ServerRecording(bool endTogether, params IEnumerable<string> command)
    {
        _strace = new RunningProgram("strace", ["-f", "-ttt", "-o", _file, "--", .. command]);
        try
        {
            Run(endTogether);
        }
        catch
        {
            Dispose();
            throw;
        }

        Log = File.ReadAllText(_file);
        History = Replay.Run(TestLog.Read(Log));
        Findings = Diagnosis.Of(History);
    }

    /// <summary>What the clients send, one each: text, markup, and bytes that no terminal should get.</summary>
    public static IReadOnlyList<string> Words { get; } =
        ["hello\n", "</title><script>hacked=1</script>&\"'\n", "]]>--><img src=x onerror=hacked=1>\u001b[31m\0\n"];

    /// <summary>What strace wrote.</summary>
    public string Log { get; }

    /// <summary>How many lines there were when all clients were connected and all processes slept.</summary>
    public int IdleLine { get; private set; }

    /// <summary>The descriptors of each process at that moment, from /proc/PID/fd: what each number leads to.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<int, string>> IdleDescriptors { get; private set; } =
        new Dictionary<int, IReadOnlyDictionary<int, string>>();

    internal History History { get; }

    internal IReadOnlyList<Finding> Findings { get; }

    internal IReadOnlyList<Finding> Faults => [.. Findings.Where(finding => finding.IsFault)];

    /// <summary>The HTML file that bin/echo-trace makes from it.</summary>
    public string Page
    {
        get
        {
            if (!File.Exists(_file + ".html"))
            {
                using RunningProgram program = new(Binary.Trace, [_file, "--output", _file]);
                Assert.True(program.WaitForExit() == 0, program.Transcript);
            }

            return _file + ".html";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_file + ".svg");
        File.Delete(_file + ".html");
        _strace.Dispose();
        File.Delete(_file);
    }

    private void Run(bool endTogether)
    {
        Deadline.WaitUntil(() => Port().Success || _strace.HasExited, "the server listens", () => _strace.Transcript);
        int port = int.Parse(Port().Groups[1].Value, CultureInfo.InvariantCulture);
        int server = int.Parse(ReadLog().Split(' ', 2)[0], CultureInfo.InvariantCulture);
        List<Socket> clients = [];
        foreach (string words in Words)
        {
            clients.Add(Loopback.Connect(port));
            clients[^1].SendText(words);
            Assert.Equal(words, clients[^1].ReceiveText(words.Length));
        }

        LookAtDescriptors(server);
        if (endTogether)
        {
            EndTogether(server, clients);
        }
        else
        {
            EndOneByOne(server, clients);
        }

        RunningProgram.Send(server, "TERM");
        _ = _strace.WaitForExit();
    }

    private void EndOneByOne(int server, List<Socket> clients)
    {
        for (int index = 0; index < clients.Count; index++)
        {
            using Socket client = clients[index];
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("", Loopback.ReceiveAll(client));
            int left = clients.Count - index - 1;
            Deadline.WaitUntil(() => ProcessTable.ChildrenOf(server).Count == left, $"{left} children are left", ReadLog);
        }
    }

    private void EndTogether(int server, List<Socket> clients)
    {
        RunningProgram.Send(server, "STOP");
        Deadline.WaitUntil(() => ReadLog().Contains("--- stopped by SIGSTOP ---", default), "the server is stopped", ReadLog);
        foreach (Socket client in clients)
        {
            client.Dispose();
        }

        // Not by /proc: the kernel reports a zombie to its parent only after strace, its tracer, has waited for it.
        Deadline.WaitUntil(() => ReadLog().Split("+++ exited with").Length > clients.Count, "all children have ended", ReadLog);
        RunningProgram.Send(server, "CONT");
        Deadline.WaitUntil(() => ReadLog().Contains("rt_sigreturn", default), "the handler has run", ReadLog);
    }

    // All processes must sleep: otherwise the moment has no definite place in the log.
    private void LookAtDescriptors(int server)
    {
        string before = "";
        Deadline.WaitUntil(
            () =>
            {
                // A process that strace has stopped has made a call that is not in the log yet.
                before = ReadLog();
                int[] all = [.. ProcessTable.DescendantsOf(server), server];
                bool sleep = Array.TrueForAll(all, id => ProcessTable.StateOf(id) == 'S');
                IdleDescriptors = all.ToDictionary(id => id, ProcessTable.DescriptorsOf);
                System.Threading.Thread.Sleep(50);
                return sleep && Array.TrueForAll(all, id => ProcessTable.StateOf(id) == 'S') && ReadLog() == before;
            },
            "all processes sleep",
            ReadLog);

        // The last line has no line end yet: it is a call in which a process sleeps.
        IdleLine = before.Count(letter => letter == '\n');
    }

    private string ReadLog()
    {
        using FileStream file = new(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }

    private Match Port() => PortSaid().Match(_strace.Output + _strace.Error);

    // tcpserver says the number and nothing else.
    [GeneratedRegex(@"(?:listening on .*:|^)(\d+)$", RegexOptions.Multiline)]
    private static partial Regex PortSaid();
}
