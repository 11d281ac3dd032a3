using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>A log that can't be written never stops the service.</summary>
public sealed class LogFaultTests
{
    // Write 1 is "listening on" in the parent and "new client connected..." in a child; the echo is the child's
    // second.
    private const string First = "when=1";

    [Theory]
    [InlineData("ENOSPC")]
    [InlineData("EAGAIN")]
    [InlineData("EIO")]
    [InlineData("EPIPE")]
    public void A_line_that_can_not_be_written_is_lost_and_the_client_is_served(string error)
    {
        using TracedServer server = new("-e", $"inject=write:error={error}:{First}");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal(2, trace.Injected.Count);
        Assert.All(trace.Injected, call => Assert.True(call.IsOn(1)));

        // The line is dropped: the next call does not try again.
        Assert.All(trace.Injected, call => Assert.NotEqual("write", trace.CallsFrom(call)[1].Name));
        Assert.Equal(
            ["client", "log", "removed", "summary..."], server.Output.Split('\n').SkipLast(1).Select(line => line.Split(' ')[0]));
        Assert.Empty(server.Error);
    }

    [Fact]
    public void An_interrupted_line_is_written_again()
    {
        using TracedServer server = new("-e", $"inject=write:error=EINTR:{First}");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Equal(2, trace.Injected.Count);
        Assert.Equal(
            ["listening", "new", "client", "removed", "summary..."],
            server.Output.Split('\n').SkipLast(1).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void An_error_that_can_not_be_logged_is_survived()
    {
        // The parent's writes: "listening on", then the one about fork.
        using TracedServer server = new("-e", "inject=clone:error=EAGAIN:when=1", "-e", "inject=write:error=EIO:when=2");
        using (System.Net.Sockets.Socket client = server.Connect())
        {
            Assert.Empty(Loopback.ReceiveAll(client));
        }

        server.WaitFor(one => one is SystemCall { Name: "write", IsInjected: true }, "the line is lost");
        Trace trace = server.Stop();
        Assert.Equal(["clone", "write"], trace.Injected.Select(call => call.Name));
        Assert.True(trace.Injected[1].IsOn(2));
        Assert.Empty(server.Error);
    }
}
