using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>Options of the managed server that need processes or descriptors are wrong usage.</summary>
public sealed class ManagedOptionTests
{
    [Theory]
    [InlineData("--user", "nobody", "0")]
    [InlineData("--no-sandbox", "0")]
    [InlineData("--sandbox", "require", "0")]
    [InlineData("--inetd")]
    public void An_option_that_needs_processes_is_wrong_usage_that_names_it(params string[] arguments)
    {
        using RunningProgram server = new("dotnet", [Binary.Portable, "server", .. arguments]);
        Assert.Equal(2, server.WaitForExit());
        Assert.Matches($"^echo-server: [^\n]*{arguments[0]}[^\n]*\nUsage: echo-server <port>[^\n]*\n$", server.Error);
        Assert.Empty(server.Output);
    }

    [Fact]
    public void Passed_sockets_are_wrong_usage_that_names_LISTEN_FDS()
    {
        using RunningProgram server = new(
            "bash", ["-c", "export LISTEN_PID=$$ LISTEN_FDS=1; exec dotnet \"$0\" server", Binary.Portable]);
        Assert.Equal(2, server.WaitForExit());
        Assert.Matches("^echo-server: [^\n]*LISTEN_FDS[^\n]*\nUsage: echo-server <port>[^\n]*\n$", server.Error);
        Assert.Empty(server.Output);
    }
}
