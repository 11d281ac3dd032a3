using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>What only processes can do is wrong usage where there are none.</summary>
public sealed class ManagedOptionTests
{
    [Theory]
    [InlineData("--user", "nobody", "0")]
    [InlineData("--no-sandbox", "0")]
    [InlineData("--inetd")]
    public void An_option_that_can_not_apply_is_wrong_usage_that_says_so(params string[] arguments)
    {
        using RunningProgram server = new("dotnet", [Binary.Portable, "server", .. arguments]);
        Assert.Equal(2, server.WaitForExit());
        Assert.Matches($"^echo-server: [^\n]*{arguments[0]}[^\n]*\nUsage: echo-server <port>[^\n]*\n$", server.Error);
        Assert.Empty(server.Output);
    }

    [Fact]
    public void Sockets_that_are_passed_are_not_taken_and_that_is_told()
    {
        using RunningProgram server = new(
            "bash", ["-c", "export LISTEN_PID=$$ LISTEN_FDS=1; exec dotnet \"$0\" server", Binary.Portable]);
        Assert.Equal(2, server.WaitForExit());
        Assert.Matches("^echo-server: [^\n]*LISTEN_FDS[^\n]*\nUsage: echo-server <port>[^\n]*\n$", server.Error);
        Assert.Empty(server.Output);
    }
}
