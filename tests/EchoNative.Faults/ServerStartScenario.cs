using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>The server from the first call of Main until it waits for clients: it starts, or says why not.</summary>
/// <param name="target">Main, or the finalizer thread.</param>
internal sealed class ServerStartScenario(Target target) : IScenario
{
    private const int SignalBase = 128;

    public Verdict Run(Injection? injection)
    {
        // The port is chosen here: the line that tells it may be the one that is lost.
        int port = Loopback.FreePort();
        using RunningProgram server = Gate.StopAtMain(Binary.Server, "--bind", "127.0.0.1", "--grace", "10", port.ToString(CultureInfo.InvariantCulture));
        int traced = target == Target.ServerStart ? server.Id : ProcessTable.ThreadsOf(server.Id).Single(thread => thread != server.Id);
        using Tracer tracer = new(traced, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        RunningProgram.Send(server.Id, "CONT");
        Patience.WaitUntil(() => server.HasExited || CanConnect(port), "it starts or ends", () => server.Transcript);
        bool started = !server.HasExited && Visit.Run(port, messages: 2).IsComplete;
        if (started && injection is not { Ends: true })
        {
            Promise.KeepNoChildren(server);
            Promise.KeepAsleep(server);
        }

        if (!server.HasExited)
        {
            // It may be ending by the signal that was injected.
            server.Signal("TERM");
        }

        int status = Promise.WaitForEnd(server);
        Promise.KeepWords(server);
        Trace trace = tracer.ReadToEnd();
        Dictionary<string, int> calls = trace.Calls.TakeWhile(call => call.Name != "ppoll").CountByName();
        bool endedBySignal = injection is { Ends: true } && (status == 0 || status == SignalBase + (injection.What == "SIGTERM" ? 15 : 14));
        bool isTold = injection is { Kind: InjectionKind.Error }
            && status == 1 && Reason.IsComplaint(server.Error, "echo-server") && Reason.NamesCall(server.Error, injection);
        Promise.Keep((started && status == 0) || endedBySignal || isTold, $"it ended with {status}, and nobody was told why", server.Transcript);
        return new Verdict(started ? Outcome.Unnoticed : Outcome.ServerEnded, trace.Injected().Count(), calls, null);
    }

    private static bool CanConnect(int port)
    {
        // A connection that comes too early would be refused, which a visit takes for an answer.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
