using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>A log that is appended to a file, of both engines.</summary>
public sealed class LogFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_line_that_was_cut_short_the_next_one_is_a_line_of_its_own(bool native)
    {
        // A limit on the length of files cuts a line, as a full disk does.
        using RunningProgram server = Start(native, "");
        for (int round = 1; round <= 3; round++)
        {
            long length = new FileInfo(Log).Length + 50;
            _ = server.Limit("fsize", $"{length}");
            Loopback.AssertServes(Port);
            Deadline.WaitUntil(() => new FileInfo(Log).Length == length, "a line is cut", () => File.ReadAllText(Log));
            _ = server.Limit("fsize", "unlimited");
            ServeUntil(() => File.ReadAllLines(Log)[^1].Contains("removed", StringComparison.Ordinal));
        }

        server.Signal("TERM");
        Assert.Equal(0, server.WaitForExit());
        string[] lines = [.. File.ReadAllLines(Log).Where(line => line.Length > 0)];
        Assert.InRange(lines.Count(line => !IsJson(line)), 1, 4);
        Assert.All(lines, line => Assert.Equal(0, line.LastIndexOf("{\"time\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void On_a_disk_that_was_full_each_line_stands_alone(bool native)
    {
        const string Script = """
            mkdir small
            mount -t tmpfs -o size=8k tmpfs small
            head -c 4000 /dev/zero >small/rest
            "$@" --bind 127.0.0.1 --log json --port-file port 0 >>small/log & server=$!
            within_time test -s port
            serve() {
                exec 8<>"/dev/tcp/127.0.0.1/$(cat port)"
                echo hello >&8
                within_time timeout 30 grep -q hello <&8
                exec 8>&-
            }
            full() { serve && [ "$(stat -c %s small/log)" = 4096 ]; }
            within_time full
            rm small/rest
            again() { serve && tail -n 1 small/log | grep -q removed; }
            within_time again
            kill $server
            wait $server
            cat small/log
            """;
        string log = Sandbox.Check(Script, (native ? Engine.Native : Engine.Managed).ServerCommand);
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1, lines.Count(line => !IsJson(line)));
        Assert.All(lines, line => Assert.Equal(0, line.LastIndexOf("{\"time\"", StringComparison.Ordinal)));
        Assert.Contains("summary", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_on_both_streams_do_not_join_when_they_are_one_file()
    {
        using RunningProgram server = Start(native: true, " 2>&1");
        long length = new FileInfo(Log).Length + 50;
        _ = server.Limit("fsize", $"{length}");
        Loopback.AssertServes(Port);
        Deadline.WaitUntil(() => new FileInfo(Log).Length == length, "a line is cut", () => File.ReadAllText(Log));
        _ = server.Limit("fsize", "unlimited");

        // The next line is an error.
        string limit = server.Limit("nofile", $"{ProcessTable.DescriptorLimitOf(server.Id, 0)}");
        using System.Net.Sockets.Socket client = Loopback.Connect(Port);
        Deadline.WaitUntil(
            () => File.ReadAllText(Log).Contains("\"error\"", StringComparison.Ordinal),
            "accept fails",
            () => File.ReadAllText(Log));
        _ = server.Limit("nofile", limit);
        client.Dispose();
        server.Signal("TERM");
        Assert.Equal(0, server.WaitForExit());
        string[] lines = [.. File.ReadAllLines(Log).Where(line => line.Length > 0)];
        Assert.All(lines, line => Assert.Equal(0, line.LastIndexOf("{\"time\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_log_that_is_copied_and_truncated_goes_on_at_its_new_end(bool native)
    {
        using RunningProgram server = Start(native, "");
        ServeUntil(() => File.ReadAllText(Log).Contains("removed", StringComparison.Ordinal));
        File.WriteAllBytes(Log, []);
        ServeUntil(() => File.ReadAllText(Log).Contains("removed", StringComparison.Ordinal));
        server.Signal("TERM");
        Assert.Equal(0, server.WaitForExit());
        Assert.All(File.ReadAllLines(Log), line => Assert.True(IsJson(line), line));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string Log => _folder["log"];

    private int Port => int.Parse(File.ReadAllText(_folder["port"]), default(IFormatProvider));

    private static bool IsJson(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private RunningProgram Start(bool native, string redirection)
    {
        string command = (native ? Engine.Native : Engine.Managed).ServerLine;
        string options = $"--bind 127.0.0.1 --log json --port-file {_folder["port"]}";
        RunningProgram server = new("bash", ["-c", $"exec {command} {options} 0 >>{Log}{redirection}"]);

        // The port file comes before the line.
        Deadline.WaitUntil(
            () => File.Exists(Log) && File.ReadAllText(Log).Contains("listening", StringComparison.Ordinal),
            "the server listens",
            () => server.Transcript);
        return server;
    }

    private void ServeUntil(Func<bool> condition)
    {
        Loopback.AssertServes(Port);
        Deadline.WaitUntil(condition, "the log has it", () => File.ReadAllText(Log));
    }
}
