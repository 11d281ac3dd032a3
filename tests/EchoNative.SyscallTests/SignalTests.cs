using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>Signals that arrive at the worst moment.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    [InlineData("SIGHUP")]
    public void A_request_to_stop_during_the_handler_waits_until_it_has_ended_and_is_obeyed(string signal)
    {
        // Sent at the start of the first wait4(2). Only the handler calls it.
        using TracedServer server = new("-e", $"inject=wait4:signal={signal}:when=1");
        Assert.Equal("abc", server.Echo("abc"));
        Trace trace = server.WaitForExit();
        IReadOnlyList<HandlerRun> runs = trace.HandlerRunsOf(trace.Main);
        Assert.Equal(["SIGCHLD", signal], runs.Select(run => run.Signal.Signal));
        Assert.True(runs[0].Events[^1].IsBefore(runs[1].Signal), $"{signal} came into the handler");
        Assert.Equal("ppoll", runs[1].Interrupted?.Name);
        Assert.Equal("", server.Error);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("clone")]
    [InlineData("ppoll")]
    [InlineData("rt_sigreturn")]
    [InlineData("listen")]
    [InlineData("getsockname")]
    public void A_request_to_stop_is_obeyed_whichever_call_it_arrives_in(string call)
    {
        using TracedServer server = new("-e", $"inject={call}:signal=SIGTERM:when=1");
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            client.Connect("127.0.0.1", server.Port);
        }
        catch (SocketException)
        {
            // The server has already ended, as the signal asked.
        }

        client.Dispose();
        Trace trace = server.WaitForExit();
        IReadOnlyList<HandlerRun> runs = trace.HandlerRunsOf(trace.Main);
        Assert.Contains(runs, run => run.Signal.Signal == "SIGTERM");
        Assert.All(runs, run => Assert.Equal("ppoll", run.Interrupted?.Name));
        Assert.Empty(server.Error);
    }

    [Fact]
    public void Children_that_die_while_a_request_to_stop_arrives_never_make_it_fail()
    {
        const int Rounds = 40;
        Random random = new(20240607);
        for (int round = 0; round < Rounds; round++)
        {
            using RunningServer server = new("--bind", "127.0.0.1");
            using Barrier start = new(2);
            Thread clients = new(() =>
            {
                start.SignalAndWait();
                ConnectUntilRefused(server.Port);
            });
            clients.Start();
            start.SignalAndWait();
            Thread.Sleep(random.Next(12));
            server.Program.Signal(random.Next(2) == 0 ? "TERM" : "INT");
            int status = server.Program.WaitForExit();
            clients.Join();
            Assert.True(status == 0, $"round {round}: {status}\n{server.Program.Transcript}");
            Assert.Empty(server.Program.Error);
            Assert.Equal(
                server.Lines.Count(line => line.StartsWith("client disconnected", StringComparison.Ordinal)),
                server.RemovedLines.Count);
        }
    }

    private static void ConnectUntilRefused(int port)
    {
        try
        {
            while (true)
            {
                using Socket client = Loopback.Connect(port);
                _ = client.Send("x"u8);
                client.Shutdown(SocketShutdown.Send);
                _ = Loopback.ReceiveAll(client);
            }
        }
        catch (SocketException)
        {
            // The server has stopped.
        }
    }
}
