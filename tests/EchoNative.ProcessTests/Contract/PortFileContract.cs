using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>Paths of --port-file that exist already, or that another server uses.</summary>
public abstract class PortFileContract(Engine engine) : ServerContract(engine)
{
    protected const int PipeLength = 65_536; // bytes; see pipe(7)

    [Fact]
    public void A_link_to_a_device_stays()
    {
        using ScratchFolder folder = new();
        _ = File.CreateSymbolicLink(folder["port"], "/dev/null");
        using RunningServer server = Start("--port-file", folder["port"]);
        server.AssertServes();
        Assert.Equal("/dev/null", new FileInfo(folder["port"]).LinkTarget);
        Assert.Equal(0, server.Stop());
        Assert.Equal("/dev/null", new FileInfo(folder["port"]).LinkTarget);
        Assert.Equal([folder["port"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("link")]
    public void A_pipe_is_written_to_and_stays(string name)
    {
        using ScratchFolder folder = new();
        using FileStream reader = OpenPipe(folder);
        _ = File.CreateSymbolicLink(folder["link"], folder["fifo"]);
        using RunningServer server = Start("--port-file", folder[name]);
        Assert.Equal($"{server.Port}\n", Read(reader));
        server.AssertServes();
        Assert.Equal(0, server.Stop());
        Assert.Equal([folder["fifo"], folder["link"]], Directory.GetFileSystemEntries(folder.Path).Order());
        Assert.Equal(folder["fifo"], new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal(0, ToolRun.Run("test", "-p", folder["fifo"]).ExitStatus);
    }

    [Fact]
    public void A_reader_that_waits_for_the_pipe_to_be_opened_gets_the_port()
    {
        using ScratchFolder folder = new();
        _ = ToolRun.Check("mkfifo", folder["fifo"]);
        using RunningProgram reader = new("cat", [folder["fifo"]]);
        Deadline.WaitUntil(() => ProcessTable.StateOf(reader.Id) == 'S', "it waits");
        using RunningServer server = Start("--port-file", folder["fifo"]);
        Assert.Equal(0, reader.WaitForExit());
        Assert.Equal($"{server.Port}\n", reader.Output);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_pipe_that_nobody_reads_is_an_error()
    {
        using ScratchFolder folder = new();
        _ = ToolRun.Check("mkfifo", folder["fifo"]);
        AssertCanNotBeOpened(folder, "fifo", "Nobody reads this pipe");
    }

    [Fact]
    public void A_full_pipe_gets_the_port_later_and_clients_are_served()
    {
        using ScratchFolder folder = new();
        using FileStream reader = OpenPipe(folder);
        reader.Write(new byte[PipeLength]);
        using RunningServer server = Start("--port-file", folder["fifo"]);
        server.AssertServes();
        server.WaitForRemoved(1);
        reader.ReadExactly(new byte[PipeLength]);
        Assert.Equal($"{server.Port}\n", Read(reader));
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_full_pipe_does_not_keep_the_server_from_ending()
    {
        using ScratchFolder folder = new();
        using FileStream reader = OpenPipe(folder);
        reader.Write(new byte[PipeLength]);
        using RunningServer server = Start("--port-file", folder["fifo"]);
        server.AssertServes();
        server.WaitForRemoved(1);
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_full_pipe_as_ready_fd_gets_the_port_later_and_is_closed_then()
    {
        using ScratchFolder folder = new();
        using FileStream reader = OpenPipe(folder);
        reader.Write(new byte[PipeLength]);
        using RunningServer server = new(
            Engine, "bash", ["-c", $"exec {Engine.ServerLine} --ready-fd 9 \"$@\" 9>\"$0\"", folder["fifo"]]);
        using Socket client = server.Connect();
        client.AssertEchoes();
        Assert.Contains(9, ProcessTable.DescriptorsOf(server.Program.Id).Keys);
        Assert.All(
            ProcessTable.ChildrenOf(server.Program.Id),
            child => Assert.DoesNotContain(9, ProcessTable.DescriptorsOf(child).Keys));
        reader.ReadExactly(new byte[PipeLength]);
        Assert.Equal($"{server.Port}\n", Read(reader));
        Deadline.WaitUntil(
            () => !ProcessTable.DescriptorsOf(server.Program.Id).ContainsKey(9), "it is closed", () => server.Program.Transcript);
        client.Close();
        Assert.Equal(0, server.Stop());
    }

    [Fact]
    public void A_folder_is_an_error_and_nothing_is_left_over()
    {
        using ScratchFolder folder = new();
        _ = Directory.CreateDirectory(folder["port"]);
        AssertCanNotBeOpened(folder, "port", "Is a directory");
    }

    [Fact]
    public void A_file_that_can_not_be_replaced_is_an_error_and_nothing_is_left_over()
    {
        // A mount point, as a container has it that gets a single file.
        const string Script = """
            touch file port
            mount --bind file port
            "$@" --quiet --port-file port 0 2>&1 || echo "$?"
            ls
            """;
        Assert.Equal(
            "echo-server: rename() error: Device or resource busy (port)\n1\nfile\nport\n",
            Sandbox.Check(Script, Engine.ServerCommand));
    }

    [Fact]
    public void A_path_of_a_standard_stream_writes_to_the_open_file()
    {
        using ScratchFolder folder = new();
        _ = File.CreateSymbolicLink(folder["link"], "/proc/self/fd/1");
        string script = "echo before; exec \"$@\" --quiet --port-file \"$0/link\" 0";
        using RunningProgram server = new(
            "bash", ["-c", $"exec >\"$0/log\"; {script}", folder.Path, .. Engine.ServerCommand]);
        Deadline.WaitUntil(
            () => server.HasExited || (File.Exists(folder["log"]) && File.ReadAllText(folder["log"]).Split('\n').Length == 3),
            "the port is written",
            () => server.Transcript);
        string[] lines = File.ReadAllLines(folder["log"]);
        Assert.Equal("before", lines[0]);
        Loopback.AssertServes(int.Parse(lines[1], CultureInfo.InvariantCulture));
        server.Signal(Engine.StopSignal());
        Assert.Equal(0, server.WaitForExit());
        Assert.Equal(lines, File.ReadAllLines(folder["log"]));
        Assert.Equal("/proc/self/fd/1", new FileInfo(folder["link"]).LinkTarget);
    }

    [Fact]
    public void A_server_that_stops_leaves_the_file_of_its_successor()
    {
        // The third may get the number of the first one's file, since that was removed from the file system before.
        using ScratchFolder folder = new();
        using RunningServer first = Start("--port-file", folder["port"]);
        using RunningServer second = Start("--port-file", folder["port"]);
        using RunningServer third = Start("--port-file", folder["port"]);
        Assert.Equal(0, first.Stop());
        Assert.Equal(0, second.Stop());
        Assert.Equal($"{third.Port}\n", File.ReadAllText(folder["port"]));
        Assert.Equal(0, third.Stop());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_file_that_was_written_anew_is_left()
    {
        using ScratchFolder folder = new();
        using RunningServer server = Start("--port-file", folder["port"]);
        Deadline.WaitUntil(() => File.Exists(folder["port"]), "the port is written", () => server.Program.Transcript);
        File.WriteAllText(folder["port"], "1\n");
        Assert.Equal(0, server.Stop());
        Assert.Equal("1\n", File.ReadAllText(folder["port"]));
    }

    [Fact]
    public void A_start_whose_descriptor_can_not_be_written_leaves_the_file_of_a_running_server()
    {
        using ScratchFolder folder = new();
        using RunningServer running = Start("--port-file", folder["port"]);
        using RunningProgram failed = new(
            "bash", ["-c", $"exec {Engine.ServerLine} --ready-fd 9 --port-file \"$0\" 0 9</dev/null", folder["port"]]);
        Assert.Equal(1, failed.WaitForExit());
        Assert.Equal("echo-server: write() error: Bad file descriptor (--ready-fd)\n", failed.Error);
        Assert.Equal($"{running.Port}\n", File.ReadAllText(folder["port"]));
        Assert.Equal(0, running.Stop());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_start_that_fails_leaves_the_file_of_a_running_server()
    {
        using ScratchFolder folder = new();
        using RunningServer running = Start("--port-file", folder["port"]);
        using RunningProgram failed = RunServer("--port-file", folder["port"], $"{running.Port}");
        Assert.Equal(1, failed.WaitForExit());
        Assert.Equal($"{running.Port}\n", File.ReadAllText(folder["port"]));
        Assert.Equal(0, running.Stop());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_start_that_fails_later_removes_its_own_file_and_no_other()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["port.tmp"], "of somebody else");
        using RunningProgram failed = new(
            "bash", ["-c", $"exec {Engine.ServerLine} --ready-fd 9 --port-file \"$0\" 0 9>/dev/full", folder["port"]]);
        Assert.Equal(1, failed.WaitForExit());
        Assert.Equal("echo-server: write() error: No space left on device (--ready-fd)\n", failed.Error);
        Assert.Equal([folder["port.tmp"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("of somebody else", File.ReadAllText(folder["port.tmp"]));
    }

    // The folder contains nothing else, before and after.
    private void AssertCanNotBeOpened(ScratchFolder folder, string name, string reason)
    {
        using RunningProgram server = RunServer("--port-file", folder[name], "0");
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: open() error: {reason} ({folder[name]})\n", server.Error);
        Assert.Equal([folder[name]], Directory.GetFileSystemEntries(folder.Path));
    }

    // Opened for both directions, so that opening does not wait for the other side.
    protected static FileStream OpenPipe(ScratchFolder folder)
    {
        _ = ToolRun.Check("mkfifo", folder["fifo"]);
        return new FileStream(folder["fifo"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
    }

    private static string Read(FileStream reader)
    {
        byte[] bytes = new byte[PipeLength];
        return Encoding.ASCII.GetString(bytes, 0, reader.Read(bytes));
    }
}

public sealed class NativePortFileTests() : PortFileContract(Engine.Native)
{
    [Fact]
    public void A_file_of_the_same_length_that_replaced_it_is_left()
    {
        using ScratchFolder folder = new();
        using RunningServer server = Start("--port-file", folder["port"]);
        string contents = File.ReadAllText(folder["port"]);
        File.Delete(folder["port"]);
        File.WriteAllText(folder["port"], contents);
        Assert.Equal(0, server.Stop());
        Assert.Equal(contents, File.ReadAllText(folder["port"]));
    }

    [Fact]
    public void A_file_whose_time_was_changed_is_removed()
    {
        using ScratchFolder folder = new();
        using RunningServer server = Start("--port-file", folder["port"]);
        File.SetLastWriteTimeUtc(folder["port"], DateTime.UnixEpoch);
        Assert.Equal(0, server.Stop());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_child_closes_its_copies_of_the_file_and_of_a_pipe_that_waits_for_room()
    {
        using ScratchFolder folder = new();
        using RunningServer server = Start("--port-file", folder["port"]);
        AssertChildHasNot(server, folder["port"]);
        using FileStream reader = OpenPipe(folder);
        reader.Write(new byte[PipeLength]);
        using RunningServer waiting = Start("--port-file", folder["fifo"]);
        AssertChildHasNot(waiting, folder["fifo"]);
    }

    [Theory]
    [InlineData("--port-file \"$1\"")]
    [InlineData("--port-file=\"$1\"")]
    [InlineData("--port-file first --port-file=\"$1\"")]
    public void A_name_that_is_not_UTF_8_stays_as_it_was_given(string option)
    {
        using ScratchFolder folder = new();
        ToolRun run = ToolRun.Run(
            "bash",
            "-c",
            $$"""
            cd "$1"
            set -- $'p\xff\xef\xbf\xbd\xfe'
            "$0" --quiet {{option}} 0 &
            for i in {1..1000}; do [ -e "$1" ] && break; sleep 0.01; done
            LC_ALL=C ls | od -An -tx1
            kill $!; wait $!
            echo "$? $(ls)"
            """,
            Binary.Server,
            folder.Path);
        Assert.Equal((" 70 ff ef bf bd fe 0a\n0 \n", ""), (run.Output, run.Error));
    }

    private static void AssertChildHasNot(RunningServer server, string file)
    {
        using Socket client = server.Connect();
        client.AssertEchoes();
        Assert.Contains(file, ProcessTable.DescriptorsOf(server.Program.Id).Values);
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.DoesNotContain(file, ProcessTable.DescriptorsOf(child).Values);
    }
}

public sealed class ManagedPortFileTests() : PortFileContract(Engine.Managed)
{
    // It can't tell the file of another server from its own by anything but the time.
    [Fact]
    public void A_file_with_the_same_port_that_was_written_later_is_left()
    {
        using ScratchFolder folder = new();
        using RunningServer server = Start("--port-file", folder["port"]);
        string contents = File.ReadAllText(folder["port"]);
        File.SetLastWriteTimeUtc(folder["port"], DateTime.UtcNow.AddDays(1));
        Assert.Equal(0, server.Stop());
        Assert.Equal(contents, File.ReadAllText(folder["port"]));
    }

    [Fact]
    public void A_name_that_is_not_UTF_8_is_wrong_usage()
    {
        using ScratchFolder folder = new();
        using RunningProgram server = new(
            "bash", ["-c", $"exec {Engine.ServerLine} --port-file \"$0/\"$'p\\xff' 0", folder.Path]);
        Assert.Equal(2, server.WaitForExit());
        Assert.StartsWith("echo-server: port-file '", server.Error, StringComparison.Ordinal);
        Assert.Contains(" is not UTF-8, ", server.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
