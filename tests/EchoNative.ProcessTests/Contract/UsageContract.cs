using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class UsageContract(Engine engine) : ServerContract(engine)
{
    private const string ServerUsage = "Usage: echo-server <port>";
    private const string ClientUsage = "Usage: echo-client <IP> <port>";

    [Theory]
    [InlineData("the port is missing")]
    [InlineData("port '9x' is not a number from 0 to 65535", "9x")]
    [InlineData("port '-1' is not a number from 0 to 65535", "-1")]
    [InlineData("port '65536' is not a number from 0 to 65535", "65536")]
    [InlineData("port '' is not a number from 0 to 65535", "")]
    [InlineData("backlog '0' is not a number from 1 to 2147483647", "--backlog", "0", "9190")]
    [InlineData("address 'nowhere' is not an IPv4 or IPv6 address", "--bind", "nowhere", "9190")]
    [InlineData("address '[::1' is not an IPv4 or IPv6 address", "--bind", "[::1", "9190")]
    [InlineData("address 'fe80::1%0' is not an IPv4 or IPv6 address", "--bind", "[fe80::1%0]", "9190")]
    [InlineData("address '::1' is given twice: localhost is 127.0.0.1 and ::1", "--bind=localhost", "--bind=[::1]", "9190")]
    [InlineData("one port is enough: '9191' is too many", "9190", "9191")]
    [InlineData("unknown option '--frobnicate'", "--frobnicate", "9190")]
    [InlineData("grace '-1' is not a number from 0 to 1000000", "--grace", "-1", "9190")]
    [InlineData("option '--bind' needs a value: ADDRESS", "9190", "--bind")]
    public void A_server_called_wrongly_says_what_is_wrong_and_how_it_is_called(string reason, params string[] arguments) =>
        AssertMisused(Engine.ServerCommand, $"echo-server: {reason}", ServerUsage, arguments);

    [Theory]
    [InlineData("the host and the port are missing")]
    [InlineData("the port is missing", "127.0.0.1")]
    [InlineData("host '999.1.1.1' is not an IPv4 address: four numbers from 0 to 255", "999.1.1.1", "9190")]
    [InlineData("host '[::1]:9190' has brackets, and is not an IPv6 address such as [::1]", "[::1]:9190", "9190")]
    [InlineData("port '0' is not a number from 1 to 65535", "127.0.0.1", "0")]
    [InlineData("port '9190x' is not a number from 1 to 65535", "127.0.0.1", "9190x")]
    [InlineData("the host is empty", "", "9190")]
    [InlineData("unknown option '--bogus'", "--bogus", "127.0.0.1", "9190")]
    [InlineData("host '127.0.0.1' is an IPv4 address, and -6 wants IPv6", "-6", "127.0.0.1", "9190")]
    [InlineData("host '::1' is an IPv6 address, and -4 wants IPv4", "::1", "9190", "-4")]
    [InlineData("-4 and -6 can't both say how to connect", "-4", "-6", "localhost", "9190")]
    [InlineData(
        "timeout '1s' is not a number of seconds from 0.001 to 1000000, with at most 3 decimals",
        "--timeout",
        "1s",
        "localhost",
        "9190")]
    public void A_client_called_wrongly_says_what_is_wrong_and_how_it_is_called(string reason, params string[] arguments) =>
        AssertMisused(Engine.ClientCommand, $"echo-client: {reason}", ClientUsage, arguments);

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public void Help_and_version_go_to_standard_output(string option)
    {
        foreach ((IReadOnlyList<string> command, string name, string usage) in new[]
        {
            (Engine.ServerCommand, "echo-server", ServerUsage), (Engine.ClientCommand, "echo-client", ClientUsage),
        })
        {
            using RunningProgram program = new(command[0], [.. command.Skip(1), option]);
            Assert.Equal(0, program.WaitForExit());
            Assert.StartsWith(option == "--help" ? usage : $"{name} 0.", program.Output, StringComparison.Ordinal);
            Assert.Empty(program.Error);
        }
    }

    [Fact]
    public void Help_that_can_not_be_written_is_an_error()
    {
        using RunningProgram program = new("sh", ["-c", $"exec {Engine.ServerLine} --help >/dev/full"]);
        Assert.Equal(1, program.WaitForExit());
        Assert.Equal("echo-server: write() error: No space left on device (standard output)\n", program.Error);
    }

    [Fact]
    public void A_port_in_use_is_reported_in_the_words_of_the_textbook()
    {
        using RunningServer server = Start();
        using RunningProgram second = RunServer($"{server.Port}");
        Assert.Equal(1, second.WaitForExit());
        Assert.Equal($"echo-server: bind() error: Address already in use (0.0.0.0:{server.Port})\n", second.Error);
        Assert.Empty(second.Output);
    }

    [Fact]
    public void The_executable_under_another_name_takes_the_command_as_its_first_argument()
    {
        using (RunningServer server = new(Engine, Engine.Command[0], [.. Engine.Command.Skip(1), "server"]))
        {
            using RunningProgram client = new(
                Engine.Command[0], [.. Engine.Command.Skip(1), "client", "127.0.0.1", $"{server.Port}"]);
            client.Type("hello\nq\n");
            Assert.Equal(0, client.WaitForExit());
            Assert.Equal("Message from server: hello\n", client.Output);
        }

        AssertMisused(Engine.Command, "echo-native: the command is missing", "Usage: echo-native");
        AssertMisused(Engine.Command, "echo-native: unknown command 'serve'", "Usage: echo-native", "serve");
    }

    private static void AssertMisused(IReadOnlyList<string> command, string reason, string usage, params string[] arguments)
    {
        using RunningProgram program = new(command[0], command.Skip(1).Concat(arguments));
        Assert.Equal(2, program.WaitForExit());
        string[] lines = program.Error.Split('\n');
        Assert.Equal(reason, lines[0]);
        Assert.StartsWith(usage, lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length); // the reason, the usage, and nothing behind the last newline
        Assert.Empty(program.Output);
    }
}

public sealed class NativeUsageTests() : UsageContract(Engine.Native)
{
    [Theory]
    [InlineData("--help", 1)]
    [InlineData("--version", 1)]
    [InlineData("--bogus", 2)]
    public void A_file_at_its_size_limit_does_not_end_it_by_a_signal(string option, int expected)
    {
        // Wrong usage is said on standard error, so that its status is all that is left.
        int stream = expected == 2 ? 2 : 1;
        foreach ((IReadOnlyList<string> command, string name) in new[]
        {
            (Engine.ServerCommand, "echo-server"), (Engine.ClientCommand, "echo-client"),
        })
        {
            using ScratchFolder folder = new();
            using RunningProgram program = new(
                "sh", ["-c", $"exec prlimit --fsize=0:0 \"$@\" {stream}>\"$0\"", folder["stream"], .. command, option]);
            Assert.Equal(expected, program.WaitForExit());
            Assert.Equal(stream == 2 ? "" : $"{name}: write() error: File too large (standard output)\n", program.Error);
        }
    }
}

public sealed class ManagedUsageTests() : UsageContract(Engine.Managed);
