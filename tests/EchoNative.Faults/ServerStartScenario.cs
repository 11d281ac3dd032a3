using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// The server from the first call of Main until it waits for clients. It must start, or report why it does not.
/// </summary>
/// <param name="target">The main thread, or the finalizer thread.</param>
internal sealed class ServerStartScenario(Target target) : IScenario
{
    private const int SignalBase = 128;

    public RunResult Run(Injection? injection)
    {
        // The port is chosen here, because the line of the log with the port may be lost by the fault.
        int port = Loopback.FreePort();
        using RunningProgram server = StopPoint.StopAtMain(
            Binary.Server, "--bind", "127.0.0.1", "--grace", "10", port.ToString(CultureInfo.InvariantCulture));
        int traced = target == Target.ServerStart
            ? server.Id
            : ProcessTable.ThreadsOf(server.Id).Single(thread => thread != server.Id);
        using Tracer tracer = new(traced, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        RunningProgram.Send(server.Id, "CONT");
        Invariant.WaitUntil(() => server.HasExited || CanConnect(port), "it starts or ends", () => server.Transcript);
        bool started = !server.HasExited && ClientSession.Run(port, messages: 2).IsComplete;
        if (started && injection is not { Ends: true })
        {
            Invariant.CheckNoChildren(server);
            Invariant.CheckSleeps(server);
        }

        if (!server.HasExited)
        {
            // It may be ending already by the injected signal. A second one does no harm.
            server.Signal("TERM");
        }

        int status = Invariant.WaitForEnd(server);
        Invariant.CheckMessages(server);
        Trace trace = tracer.ReadToEnd();
        Dictionary<string, int> calls = trace.Calls.TakeWhile(call => call.Name != "ppoll").CountByName();
        bool endedBySignal = injection is { Ends: true }
            && (status == 0 || status == SignalBase + (injection.What == "SIGTERM" ? 15 : 14));
        bool isReported = injection is { Kind: InjectionKind.Error }
            && status == 1
            && ErrorMessage.HasOnlyErrorsOf(server.Error, "echo-server")
            && ErrorMessage.NamesCall(server.Error, injection);
        Invariant.Check(
            (started && status == 0) || endedBySignal || isReported,
            $"it ended with {status}, and did not report the reason",
            server.Transcript);
        return new RunResult(started ? Outcome.Unnoticed : Outcome.ServerEnded, trace.Injected().Count(), calls, null);
    }

    // A session would take a refused connection for the answer of the server, so it begins after the first success.
    private static bool CanConnect(int port)
    {
        using Socket? socket = Loopback.TryConnect(port);
        return socket is not null;
    }
}
