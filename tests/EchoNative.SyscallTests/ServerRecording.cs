using System.Net.Sockets;
using System.Threading;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// One trace of a server: it idles, serves one client that sends a line, idles, sends another line, idles and
/// closes; then the server is stopped.
/// </summary>
public sealed class ServerRecording
{
    // Long enough to notice a process that spins or wakes up by a timer.
    private const int IdleMilliseconds = 300;

    public ServerRecording()
    {
        using TracedServer server = new();
        Thread.Sleep(IdleMilliseconds);
        using (Socket client = server.Connect())
        {
            client.AssertEchoes("one\n");
            Thread.Sleep(IdleMilliseconds);
            client.AssertEchoes("two\n");
            Thread.Sleep(IdleMilliseconds);
        }

        server.WaitForRemoved(1);
        Thread.Sleep(IdleMilliseconds);
        Trace = server.Stop();
        Output = server.Output;
    }

    public Trace Trace { get; }

    public string Output { get; }
}
