using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>What the server does with several listening sockets, call by call.</summary>
public sealed class SeveralAddressesTests
{
    [Fact]
    public void A_child_closes_all_listening_sockets_before_anything_else_of_its_own()
    {
        using TracedServer server = new([], ["--bind", "127.0.0.1", "--bind", "::1", "--bind", "127.0.0.2"]);
        WaitForLines(server, 3);
        Loopback.AssertServes(server.Port, "127.0.0.2");
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        int[] listening =
            [.. trace.CallsOf(trace.Main, "socket").Where(call => call.Arguments.Contains("SOCK_STREAM", default))
                .Select(call => call.Value)];
        Assert.Equal([3, 4, 5], listening);
        IEnumerable<SystemCall> own = trace.CallsOf(Assert.Single(trace.Children)).Where(call => call.Name != "getpid");
        Assert.Equal(
            ["close 3", "close 4", "close 5", "rt_sigaction SIGCHLD"],
            own.Take(4).Select(call => $"{call.Name} {call.FirstArgument}"));
    }

    [Fact]
    public void The_parent_sleeps_on_all_listening_sockets_and_accepts_only_from_the_ready_one()
    {
        using TracedServer server = new([], ["--bind", "127.0.0.1", "--bind", "::1"]);
        WaitForLines(server, 2);
        Loopback.AssertServes(server.Port, "::1");
        server.WaitForRemoved(1);
        Trace trace = server.Stop();
        Assert.Contains(
            trace.CallsOf(trace.Main, "ppoll"),
            call => call.Arguments.StartsWith("[{fd=3, events=POLLIN}, {fd=4, events=POLLIN}], 2, NULL, []", default));
        IReadOnlyList<SystemCall> accepts = trace.CallsOf(trace.Main, "accept");
        Assert.All(accepts, call => Assert.Equal("4", call.FirstArgument));
        Assert.Equal(2, accepts.Count);
    }

    [Fact]
    public void A_port_that_is_free_at_one_address_only_is_given_up_for_another_port()
    {
        using TracedServer server = new(
            ["-e", "inject=bind:error=EADDRINUSE:when=2"], ["--bind", "127.0.0.1", "--bind", "127.0.0.2"]);
        WaitForLines(server, 2);
        Trace trace = server.Stop();
        Assert.Equal("EADDRINUSE", Assert.Single(trace.Injected).Error);
        string[] asked = [.. trace.CallsOf(trace.Main, "bind").Select(call => call.Arguments)];
        Assert.Equal(4, asked.Length);
        Assert.Contains("sin_port=htons(0)", asked[2], default);
        Assert.Matches(@"^listening on 127\.0\.0\.1:(\d+)\nlistening on 127\.0\.0\.2:\1\n", server.Output);

        // The sockets of the first attempt are closed.
        IEnumerable<SystemCall> between = trace.CallsFrom(trace.CallsOf(trace.Main, "bind")[1]);
        Assert.Equal(
            ["bind", "close", "close", "socket"],
            between.Where(call => call.Name is "bind" or "close" or "socket").Take(4).Select(call => call.Name));
    }

    private static void WaitForLines(TracedServer server, int count) =>
        Deadline.WaitUntil(
            () => server.Output.Split("listening on ").Length > count,
            "all addresses are listened on",
            () => server.ReadTrace().ToString());
}
