using System;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.SyscallTests;

/// <summary>
/// How many calls of a kind the programs make before their own work begins. strace counts the calls to inject
/// into separately for each process, and the runtime reads files and sets up signals before Main.
/// </summary>
public static class Startup
{
    // The number of the runtime's calls differs by a few, since the kernel places its memory at random addresses.
    private const int Margin = 10;

    private static readonly Lazy<Trace> s_server = new(TraceServer);
    private static readonly Lazy<Trace> s_client = new(TraceClient);

    /// <summary>A server that was started and stopped.</summary>
    public static Trace Server => s_server.Value;

    /// <summary>A number of this call which the server's parent does not reach, so that only a child is hit.</summary>
    public static int BeyondServer(string call) => Server.CallsOf(Server.Main, call).Count + Margin;

    /// <summary>A number of this call which the client's parent reaches only in its own work.</summary>
    public static int BeyondClient(string call) => s_client.Value.CallsOf(s_client.Value.Main, call).Count + Margin;

    private static Trace TraceServer()
    {
        using TracedServer server = new();
        return server.Stop();
    }

    private static Trace TraceClient()
    {
        using TcpListener listener = Loopback.Listen();
        using TracedProgram client = new(Binary.Client, ["127.0.0.1", $"{Loopback.PortOf(listener)}"]);
        Loopback.Accept(listener).Dispose();
        _ = client.WaitForExit();
        Trace trace = client.ReadTrace();
        return trace.Forks.Count == 1 ? trace : throw new InvalidOperationException($"the client did not fork\n{trace}");
    }
}
