using System.IO;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

/// <summary>The line that says which of several servers answers: --banner.</summary>
public abstract class BannerContract(Engine engine) : ServerContract(engine)
{
    [Fact]
    public void Each_client_first_gets_the_name_of_the_machine_and_the_process()
    {
        using RunningServer server = Start("--banner");
        for (int i = 1; i <= 2; i++)
        {
            using Socket client = server.Connect();

            // It comes before the client has sent anything.
            string expected = BannerOf(Engine.Forks ? server.WaitForChild() : server.Program.Id);
            Assert.Equal(expected, client.ReceiveText(expected.Length));
            client.AssertEchoes();
            client.Shutdown(SocketShutdown.Send);
            Assert.True(client.IsAtEnd());
            server.WaitForRemoved(i);
        }

        Assert.Equal(0, server.Stop());
        Assert.Contains(" 10 bytes, ", server.Lines[^1], default);
    }

    [Fact]
    public void It_follows_the_PROXY_header()
    {
        using RunningServer server = Start("--banner", "--proxy-protocol");
        using Socket client = server.Connect();
        client.SendText("PROXY UNKN");
        using Socket other = server.Connect();
        other.SendText("hello");
        Assert.True(other.IsAtEnd());
        Assert.Equal(0, client.Available);
        client.SendText("OWN\r\nhello");
        string expected = BannerOf(Engine.Forks ? server.WaitForChild() : server.Program.Id);
        Assert.Equal(expected + "hello", client.ReceiveText(expected.Length + 5));
        client.Shutdown(SocketShutdown.Send);
        Assert.True(client.IsAtEnd());
        Assert.Contains("5 bytes", server.WaitForLine(@"^client disconnected.* s\)$"), default);
    }

    [Fact]
    public void A_client_that_is_refused_gets_none()
    {
        using RunningServer server = Start("--banner", "--max-clients", "1", "--busy", "refuse");
        using Socket first = server.Connect();
        Assert.False(first.IsAtEnd());
        using Socket second = server.Connect();
        Assert.True(second.IsAtEnd());
    }

    private static string BannerOf(int processId) =>
        $"{File.ReadAllText("/proc/sys/kernel/hostname").Trim()} {processId}\n";
}

public sealed class NativeBannerTests() : BannerContract(Engine.Native);

public sealed class ManagedBannerTests() : BannerContract(Engine.Managed);
