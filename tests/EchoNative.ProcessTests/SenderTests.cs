using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests;

/// <summary>The client's sending process.</summary>
public sealed class SenderTests
{
    [Fact]
    public void A_killed_sender_is_reported_after_everything_has_been_received()
    {
        using RunningServer server = new();
        using RunningClient client = new(server.Port);
        int sender = client.WaitForSender();
        client.Program.Type("hello\n");
        Deadline.WaitUntil(() => client.Output == "Message from server: hello\n", "the echo is shown");
        RunningProgram.Send(sender, "KILL");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal("echo-client: the sending process was killed by SIGKILL\n", client.Error);
        server.WaitForRemoved(1);
        Assert.Matches(@"^removed proc id: \d+$", server.RemovedLines[0]);
    }

    [Fact]
    public void A_sender_that_a_debugger_holds_is_left_and_the_client_ends()
    {
        using TcpListener listener = Loopback.Listen();
        using RunningClient client = new(Loopback.PortOf(listener));
        using Socket server = Loopback.Accept(listener);
        int sender = client.WaitForSender();
        using RunningProgram tracer = ChildrenTests.Hold(sender);
        server.Dispose();
        Deadline.WaitUntil(() => client.Program.HasExited, "the client ends", () => client.Program.Transcript);
        tracer.Signal("CONT");
        Assert.Equal(1, client.WaitForExit());
        Assert.Equal(
            $"echo-client: server closed the connection\n"
                + $"echo-client: kill() error: the process has not ended (proc id {sender} is left)\n",
            client.Error);
    }
}
