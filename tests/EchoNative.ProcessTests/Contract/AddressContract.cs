using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>One server with several addresses, and how scripts get its port.</summary>
public abstract class AddressContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void All_addresses_are_served_on_the_same_port_and_each_is_logged()
    {
        using RunningServer server = Start("--bind", "127.0.0.1", "--bind", "::1", "--bind", "127.0.0.2");
        Deadline.WaitUntil(() => server.Lines.Count == 3, "each address is told", () => server.Program.Transcript);
        Assert.Equal(
            [
                $"listening on 127.0.0.1:{server.Port}", $"listening on [::1]:{server.Port}",
                $"listening on 127.0.0.2:{server.Port}",
            ],
            server.Lines.Take(3));
        string[] addresses = ["127.0.0.2", "::1", "127.0.0.1"];
        foreach (string address in addresses)
        {
            server.AssertServes(address);
        }

        _ = Assert.Throws<SocketException>(() => server.Connect("127.0.0.3"));
        Assert.Equal(0, server.Stop());
        Assert.All(addresses, address => Assert.Throws<SocketException>(() => server.Connect(address)));
    }

    [Fact]
    public void Both_families_may_be_bound_each_by_its_own_address()
    {
        using RunningServer server = Start("--bind", "::", "--bind", "0.0.0.0");
        server.AssertServes();
        server.AssertServes("::1");
        Assert.Contains("connected... 127.0.0.1:", server.WaitForLine("^new client"), StringComparison.Ordinal);
    }

    [Fact]
    public void At_the_limit_no_address_is_kept_waiting_by_another()
    {
        using RunningServer server = Start("--bind", "127.0.0.1", "--bind", "127.0.0.2", "--max-clients", "1");
        List<Socket> first = [.. Enumerable.Range(0, 4).Select(_ => server.Connect("127.0.0.1"))];
        using Socket other = server.Connect("127.0.0.2");
        other.SendText("hello");

        // One place becomes free, and three clients have waited longer at the first address.
        server.WaitForConnected(1);
        first[0].Dispose();
        Assert.Equal("hello", other.ReceiveText(5));
        first.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1", "[::1]")]
    [InlineData("[::1]", "[::1]")]
    public void A_name_of_this_machine_and_an_address_in_brackets_can_be_given(string value, params string[] addresses)
    {
        using RunningServer server = Start("--bind", value);
        Deadline.WaitUntil(() => server.Lines.Count == addresses.Length, "each address is told", () => server.Program.Transcript);
        Assert.Equal(
            addresses.Select(address => $"listening on {address}:{server.Port}"), server.Lines.Take(addresses.Length));
        Array.ForEach(addresses, address => server.AssertServes(address.Trim('[', ']')));
    }

    [Fact]
    public void An_address_that_can_not_be_bound_leaves_no_port_file()
    {
        using ScratchFolder folder = new();
        string file = folder["port"];
        using RunningServer taken = Start("--bind", "127.0.0.2");
        using RunningProgram server = RunServer(
            "--port-file", file, "--bind", "127.0.0.1", "--bind", "127.0.0.2", $"{taken.Port}");
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: bind() error: Address already in use (127.0.0.2:{taken.Port})\n", server.Error);
        Assert.Empty(server.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_address_that_is_given_twice_is_an_error()
    {
        using RunningProgram server = RunServer("--bind", "127.0.0.1", "--bind", "127.0.0.1", "0");
        Assert.Equal(2, server.WaitForExit());
        Assert.StartsWith("echo-server: address '127.0.0.1' is given twice\n", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_port_file_is_there_as_long_as_clients_can_connect()
    {
        using ScratchFolder folder = new();
        string file = folder["port"];
        using RunningProgram server = RunServer("--quiet", "--port-file", file, "--bind", "127.0.0.1", "--bind", "::1", "0");
        Deadline.WaitUntil(() => File.Exists(file) || server.HasExited, "the port file is there", () => server.Transcript);
        string[] ports = File.ReadAllLines(file);
        Assert.Equal(2, ports.Length);
        Assert.Equal(ports[0], ports[1]);
        Assert.EndsWith("\n", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
        using Socket client = Loopback.Connect(int.Parse(ports[0], CultureInfo.InvariantCulture));
        client.AssertEchoes();

        // The server stops, and waits for this session: no other client can connect.
        server.Signal(Engine.StopSignal());
        Deadline.WaitUntil(() => !File.Exists(file), "the port file is gone");
        Assert.False(server.HasExited);
        client.Close();
        Assert.Equal(0, server.WaitForExit());
        Assert.Empty(server.Error);
    }

    [Fact]
    public void A_port_file_that_can_not_be_written_is_an_error()
    {
        using ScratchFolder folder = new();
        string file = Path.Combine(folder["missing"], "port");
        using RunningProgram server = RunServer("--port-file", file, "0");
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: open() error: No such file or directory ({file})\n", server.Error);
    }

    [Fact]
    public void A_port_file_is_never_written_through_a_symbolic_link()
    {
        using ScratchFolder folder = new();
        string file = folder["port"];
        string victim = folder["victim"];
        File.WriteAllText(victim, "precious");
        _ = File.CreateSymbolicLink(file, victim);
        _ = File.CreateSymbolicLink(file + ".tmp", victim);
        using RunningServer server = Start("--port-file", file);
        Deadline.WaitUntil(() => new FileInfo(file).LinkTarget is null, "the file is written");
        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.Equal($"{server.Port}\n", File.ReadAllText(file));
        Assert.Equal(0, server.Stop());
        Assert.Equal("precious", File.ReadAllText(file + ".tmp"));
        Assert.Equal([file + ".tmp", victim], Directory.GetFileSystemEntries(folder.Path).Order());
    }

    [Fact]
    public void The_port_is_written_to_the_descriptor_of_ready_fd_which_is_then_closed()
    {
        // The reader sees end of file only when no process has the descriptor any more.
        using RunningServer server = new(
            Engine,
            "bash",
            ["-c", $"exec 6> >(cat; echo end); exec {Engine.ServerLine} --quiet --ready-fd 6 \"$@\"", "bash"],
            @"^(\d+)\nend$");
        server.AssertServes();
    }

    [Theory]
    [InlineData("", "echo-server: --ready-fd 9 is not an open descriptor\n")]
    [InlineData("9</dev/null", "echo-server: write() error: Bad file descriptor (--ready-fd)\n")]
    [InlineData("9< <(:)", "echo-server: write() error: Bad file descriptor (--ready-fd)\n")]
    [InlineData("9>/dev/full", "echo-server: write() error: No space left on device (--ready-fd)\n")]
    public void A_descriptor_of_ready_fd_that_can_not_be_written_to_is_an_error(string redirection, string error)
    {
        using RunningProgram server = new("bash", ["-c", $"exec {Engine.ServerLine} --ready-fd 9 0 {redirection}"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal(error, server.Error);
    }

    [Fact]
    public void A_descriptor_of_ready_fd_without_a_reader_is_no_error()
    {
        using RunningServer server = new(
            Engine, "bash", ["-c", $"exec 9> >(:); wait $!; exec {Engine.ServerLine} --ready-fd 9 \"$@\"", "bash"]);
        server.AssertServes();
    }
}

public sealed class NativeAddressTests() : AddressContract(Engine.Native);

public sealed class ManagedAddressTests() : AddressContract(Engine.Managed);
