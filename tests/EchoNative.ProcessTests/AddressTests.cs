using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>One server on many addresses, and how scripts learn its port.</summary>
public sealed class AddressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void All_addresses_are_served_on_the_same_port_and_each_is_told()
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--bind", "::1", "--bind", "127.0.0.2");
        _ = server.WaitForLine(@"^listening on 127\.0\.0\.2:");
        Assert.Equal(
            [$"listening on 127.0.0.1:{server.Port}", $"listening on [::1]:{server.Port}", $"listening on 127.0.0.2:{server.Port}"],
            server.Lines.Take(3));
        string[] addresses = ["127.0.0.2", "::1", "127.0.0.1"];
        foreach (string address in addresses)
        {
            AssertEchoes(server, address);
        }

        _ = Assert.Throws<SocketException>(() => server.Connect("127.0.0.3"));
        Assert.Equal(0, server.Stop());
        Assert.All(addresses, address => Assert.Throws<SocketException>(() => server.Connect(address)));
    }

    [Fact]
    public void A_child_has_none_of_the_listening_sockets()
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--bind", "::1", "--bind", "127.0.0.2");
        using Socket client = server.Connect("::1");
        server.WaitForConnected(1);
        Assert.Equal(3, ProcessTable.DescriptorsOf(server.Program.Id).Values.Count(IsSocket));
        int child = Assert.Single(ProcessTable.ChildrenOf(server.Program.Id));
        Assert.Single(ProcessTable.DescriptorsOf(child).Values, IsSocket);
    }

    [Fact]
    public void Both_families_may_be_bound_each_by_its_own_address()
    {
        using RunningServer server = new("--bind", "::", "--bind", "0.0.0.0");
        AssertEchoes(server, "127.0.0.1");
        AssertEchoes(server, "::1");
        Assert.Contains("connected... 127.0.0.1:", server.WaitForLine("^new client"), StringComparison.Ordinal);
    }

    [Fact]
    public void At_the_limit_no_address_is_kept_waiting_by_another()
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--bind", "127.0.0.2", "--max-clients", "1");
        List<Socket> first = [.. Enumerable.Range(0, 4).Select(_ => server.Connect("127.0.0.1"))];
        using Socket other = server.Connect("127.0.0.2");
        other.SendText("hello");

        // One place becomes free, and three wait for it at the first address, for longer.
        server.WaitForConnected(1);
        first[0].Dispose();
        Assert.Equal("hello", other.ReceiveText(5));
        first.ForEach(client => client.Dispose());
    }

    [Fact]
    public void An_address_that_cannot_be_had_leaves_nothing_behind()
    {
        string file = Path.Combine(_folder, "port");
        using RunningServer taken = new("--bind", "127.0.0.2");
        using RunningProgram server = new(
            Binary.Server, ["--port-file", file, "--bind", "127.0.0.1", "--bind", "127.0.0.2", $"{taken.Port}"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: bind() error: Address already in use (127.0.0.2:{taken.Port})\n", server.Error);
        Assert.Empty(server.Output);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void An_address_that_is_given_twice_on_any_port_is_told()
    {
        using RunningProgram server = new(Binary.Server, ["--bind", "127.0.0.1", "--bind", "127.0.0.1", "0"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Matches(@"^echo-server: bind\(\) error: Address already in use \(127\.0\.0\.1:\d+\)\n$", server.Error);
    }

    [Fact]
    public void The_port_file_is_there_as_long_as_clients_can_connect()
    {
        string file = Path.Combine(_folder, "port");
        File.WriteAllText(file + ".tmp", "left over");
        using RunningProgram server = new(Binary.Server, ["--quiet", "--port-file", file, "--bind", "127.0.0.1", "--bind", "::1", "0"]);
        Deadline.WaitUntil(() => File.Exists(file) || server.HasExited, "the port file is there", () => server.Transcript);
        string[] ports = File.ReadAllLines(file);
        Assert.Equal(2, ports.Length);
        Assert.Equal(ports[0], ports[1]);
        Assert.EndsWith("\n", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
        using Socket client = Loopback.Connect(int.Parse(ports[0], CultureInfo.InvariantCulture));
        client.SendText("hello");
        Assert.Equal("hello", client.ReceiveText(5));

        // It stops, but for this session: nobody else can connect.
        server.Signal("TERM");
        Deadline.WaitUntil(() => !File.Exists(file), "the port file is gone");
        Assert.False(server.HasExited);
        client.Close();
        Assert.Equal(0, server.WaitForExit());
        Assert.Empty(server.Error);
    }

    [Fact]
    public void A_port_file_that_cannot_be_written_is_told_and_nobody_is_served()
    {
        string file = Path.Combine(_folder, "missing", "port");
        using RunningProgram server = new(Binary.Server, ["--port-file", file, "0"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: open() error: No such file or directory ({file})\n", server.Error);
    }

    [Fact]
    public void A_port_file_is_never_written_through_a_link_that_somebody_put_there()
    {
        string file = Path.Combine(_folder, "port");
        string victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "precious");
        _ = File.CreateSymbolicLink(file, victim);
        _ = File.CreateSymbolicLink(file + ".tmp", victim);
        using RunningServer server = new("--port-file", file);
        Deadline.WaitUntil(() => new FileInfo(file).LinkTarget is null, "the file is written");
        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.Equal($"{server.Port}\n", File.ReadAllText(file));
        Assert.Equal(0, server.Stop());
        Assert.Equal([victim], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_descriptor_is_told_the_port_and_closed()
    {
        // The reader sees the end only when nobody has the descriptor any more.
        using RunningServer server = new(
            "bash", ["-c", "exec \"$0\" --quiet --ready-fd 6 \"$@\" 6> >(cat; echo end)", Binary.Server], @"^(\d+)\nend$");
        AssertEchoes(server, "127.0.0.1");
    }

    [Theory]
    [InlineData("", "echo-server: --ready-fd 9 is not an open descriptor\n")]
    [InlineData("9</dev/null", "echo-server: write() error: Bad file descriptor (--ready-fd)\n")]
    public void A_descriptor_that_cannot_be_told_is_an_error(string redirection, string error)
    {
        using RunningProgram server = new("bash", ["-c", $"exec \"$0\" --ready-fd 9 0 {redirection}", Binary.Server]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal(error, server.Error);
    }

    [Fact]
    public void A_descriptor_whose_reader_has_gone_does_not_matter()
    {
        using RunningServer server = new(
            "bash", ["-c", "exec 9> >(:); wait $!; exec \"$0\" --ready-fd 9 \"$@\"", Binary.Server]);
        AssertEchoes(server, "127.0.0.1");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsSocket(string target) => target.StartsWith("socket:", StringComparison.Ordinal);

    private static void AssertEchoes(RunningServer server, string address)
    {
        using Socket client = server.Connect(address);
        client.SendText("hello");
        Assert.Equal("hello", client.ReceiveText(5));
    }
}
