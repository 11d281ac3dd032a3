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
}
