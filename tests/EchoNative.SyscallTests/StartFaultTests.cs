using System;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Calls that fail before the server can serve.</summary>
public sealed class StartFaultTests
{
    [Theory]
    [InlineData("socket", "EMFILE", "Too many open files (0.0.0.0:0)")]
    [InlineData("socket", "EAFNOSUPPORT", "Address family not supported by protocol (0.0.0.0:0)")]
    [InlineData("setsockopt", "ENOPROTOOPT", "Protocol not available (0.0.0.0:0)")]
    [InlineData("bind", "EADDRINUSE", "Address already in use (0.0.0.0:0)")]
    [InlineData("bind", "EACCES", "Permission denied (0.0.0.0:0)")]
    [InlineData("listen", "EADDRINUSE", "Address already in use (0.0.0.0:0)")]
    [InlineData("getsockname", "ENOBUFS", "No buffer space available (listening socket)")]
    public void It_ends_with_the_name_of_the_call_and_the_reason(string call, string error, string reason)
    {
        using TracedProgram server = new(Binary.Server, ["0"], ["-e", $"inject={call}:error={error}:when=1"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Equal($"echo-server: {call}() error: {reason}\n", server.Program.Error);
        AssertNothingWasServed(server, error);
    }

    [Theory]
    [InlineData("SIGCHLD")]
    [InlineData("SIGINT")]
    [InlineData("SIGTERM")]
    [InlineData("SIGHUP")]
    [InlineData("SIGUSR1")]
    public void Without_a_signal_handler_the_server_does_not_start(string signal)
    {
        Trace startup = Startup.Server;
        int number = startup.OccurrenceOf(
            startup.Main,
            "rt_sigaction",
            call => call.FirstArgument == signal && call.Arguments.Contains("{sa_handler=0x", StringComparison.Ordinal));
        using TracedProgram server = new(Binary.Server, ["0"], ["-e", $"inject=rt_sigaction:error=EINVAL:when={number}"]);
        Assert.Equal(1, server.WaitForExit());
        Assert.Matches(@"^echo-server: sigaction\(\) error: Invalid argument \(\w+\)\n$", server.Program.Error);
        AssertNothingWasServed(server, "EINVAL");
        Assert.Equal(signal, Assert.Single(server.ReadTrace().Injected).FirstArgument);
    }

    [Fact]
    public void A_log_that_can_not_be_opened_anew_is_polled_for_room_before_each_line()
    {
        Trace startup = Startup.Server;
        int number = startup.OccurrenceOf(
            startup.Main, "openat", call => call.Arguments.Contains("\"/proc/self/fd/1\"", StringComparison.Ordinal));
        using TracedServer server = new("-e", $"inject=openat:error=EACCES:when={number}+");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Contains(trace.Injected, call => call.Arguments.Contains("\"/proc/self/fd/1\"", StringComparison.Ordinal));
        Assert.Contains(trace.Injected, call => call.Arguments.Contains("\"/proc/self/fd/2\"", StringComparison.Ordinal));
        Assert.Equal(5, server.Output.Count(letter => letter == '\n'));
        foreach (SystemCall line in trace.Calls.Where(call => call.Is("write", 1)))
        {
            SystemCall before = trace.CallsOf(line.ProcessId).Last(call => call.Begin < line.Begin);
            Assert.StartsWith("ppoll([{fd=1, events=POLLOUT}], 1, {tv_sec=0, tv_nsec=0}", before.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_server_without_proc_and_sys_serves()
    {
        using TracedServer server = new("-e", "inject=openat:error=ENOENT");
        Assert.Equal("abc", server.Echo("abc"));
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.NotEmpty(trace.Injected);
        Assert.DoesNotContain(trace.CallsOf(trace.Main, "openat"), call => call.Succeeded);
    }

    private static void AssertNothingWasServed(TracedProgram server, string error)
    {
        Trace trace = server.ReadTrace();
        Assert.Equal(error, Assert.Single(trace.Injected).Error);
        Assert.Empty(server.Program.Output);
        Assert.Empty(trace.Forks);
        Assert.Empty(trace.NeverEnded);
    }
}
