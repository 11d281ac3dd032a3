using System;
using System.IO;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>
/// What the garbage collector's addresses must have room for: as many arguments as the kernel passes, see execve(2), and as
/// many connections as echo-bench allows.
/// </summary>
public sealed class ManyArgumentsTests
{
    // Python passes the arguments: the command line of a shell would be as long. The kernel allows a quarter of the stack's
    // limit, and no more than 6 MiB.
    private const string Script = """
        import resource, subprocess, sys
        hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
        resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
        ended = subprocess.run([sys.argv[1], *sys.argv[4:], *[sys.argv[2]] * int(sys.argv[3])], stdin=subprocess.DEVNULL)
        sys.exit(ended.returncode if ended.returncode >= 0 else 128 - ended.returncode)
        """;

    [Theory]
    [InlineData("echo-server", "--quiet", 60_000)]
    [InlineData("echo-server", "--quiet", 340_000)]
    [InlineData("echo-server", "--bind=::1", 300_000)]
    [InlineData("echo-server", "1", 500_000)]
    [InlineData("echo-client", "--raw", 380_000)]
    [InlineData("echo-client", "--timeout=1", 280_000)]
    [InlineData("echo-bench", "--json", 380_000)]
    [InlineData("echo-bench", "--count=1", 280_000)]
    [InlineData("echo-native", "x", 500_000, "server")]
    public void More_arguments_than_anybody_needs_are_wrong_usage(
        string program, string argument, int count, params string[] first)
    {
        ToolRun ended = Run(program, argument, count, first);
        Assert.Equal((2, ""), (ended.ExitStatus, ended.Output));
        Assert.Matches($@"^echo-\w+: {count} arguments are too many: 10000 at the most\nUsage: echo-", ended.Error);
    }

    [Fact]
    public void As_many_arguments_as_are_allowed_are_read()
    {
        ToolRun ended = Run("echo-client", "--raw", 10_000);
        Assert.Equal(2, ended.ExitStatus);
        Assert.StartsWith("echo-client: the host and the port are missing\n", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_found_after_any_number_of_arguments()
    {
        ToolRun ended = Run("echo-native", "--help", 1, ["server", .. System.Linq.Enumerable.Repeat("--quiet", 100)]);
        Assert.Equal(0, ended.ExitStatus);
        Assert.StartsWith("Usage: echo-server", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo-server")]
    [InlineData("echo-client")]
    [InlineData("echo-bench")]
    public void Long_arguments_are_wrong_usage(string program)
    {
        // The kernel allows 128 KiB for one argument.
        ToolRun ended = Run(program, new string('1', 131_000), 40);
        Assert.Equal(2, ended.ExitStatus);
        Assert.Contains("\nUsage: echo-", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_connections_as_are_allowed_have_room()
    {
        // strace says that so many descriptors are allowed. One connection is tried, and refused.
        const string Limit = "inject=prlimit64:poke_exit=@arg4=00002000000000000000200000000000:when=4";
        using System.Net.Sockets.Socket refusing = Loopback.RefusingPort();
        ToolRun ended = ToolRun.Run(
            "strace",
            [
                "-f", "-o", "/dev/null", "-e", "trace=prlimit64", "-e", Limit, Binary.Bench, "connect", "127.0.0.1",
                $"{Loopback.PortOf(refusing)}", "--connections", "1000000", "--count", "1",
            ]);
        Assert.True(ended.ExitStatus == 1, ended.Transcript);
        Assert.Equal(
            $"echo-bench: connect() error: Connection refused (127.0.0.1:{Loopback.PortOf(refusing)})\n", ended.Error);
    }

    private static ToolRun Run(string program, string argument, int count, params string[] first) => ToolRun.Run(
        "python3",
        ["-c", Script, Path.Combine(Path.GetDirectoryName(Binary.Server)!, program), argument, $"{count}", .. first]);
}
