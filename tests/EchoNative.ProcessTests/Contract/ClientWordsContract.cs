using System.Threading;
using EchoNative.Testing;

namespace EchoNative.ProcessTests.Contract;

public abstract class ClientWordsContract(Engine client) : ClientContract(client)
{
    private const string Prefix = "Message from server: ";

    [Fact]
    public void The_prefix_stands_once_a_line_however_the_bytes_are_cut()
    {
        using ScriptedServer server = new(socket =>
        {
            foreach (byte part in "one\ntwo\n\nthree"u8)
            {
                socket.SendAll([part]);
                Thread.Sleep(millisecondsTimeout: 2); // so that each byte comes alone
            }

            Assert.True(socket.IsAtEnd());
        });
        using RunningClient client = Connect(server.Port);
        client.Feed([]);
        Assert.Equal(0, client.WaitForExit());
        server.Join();
        Assert.Equal($"{Prefix}one\n{Prefix}two\n{Prefix}\n{Prefix}three\n", client.Output);
    }
}

public sealed class NativeClientWordsTests() : ClientWordsContract(Engine.Native);

public sealed class ManagedClientWordsTests() : ClientWordsContract(Engine.Managed);
