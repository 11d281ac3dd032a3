using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// The server's parent. It serves eleven clients one after the other, has no client for a moment, and is asked to stop
/// while ten idle clients are connected.
/// </summary>
internal sealed class ServerParentScenario : IScenario
{
    private const int Clients = 11;
    private const int IdleClients = 10;
    private const int SignalBase = 128;
    private const int Alarm = 14;

    public RunResult Run(Injection? injection)
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--grace", injection is { Ends: true } ? "2" : "0");
        IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(server.Program.Id);
        using Tracer tracer = new(server.Program.Id, injection is null ? [] : [injection.StraceOption]);
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(1);
        }

        // If strace suppresses a close, the parent's copy of the socket stays open, and the client gets no end of file.
        bool waitsForEnd = injection is not { Call: "close", Kind: InjectionKind.Error };
        ClientSession Serve() => ClientSession.Run(server.Port, messages: 2, waitsForEnd: waitsForEnd);
        List<ClientSession> sessions = [.. Enumerable.Range(0, Clients).Select(_ => Serve())];
        bool IsEnding() => injection is { Ends: true } && EndsBySignal(server.Program, tracer);
        bool hasEnded = IsEnding();
        List<Socket> idle = [];
        if (!hasEnded)
        {
            // Signals that children send at the same time merge. A call of the handler may therefore be hit only now.
            ClientSession next = Serve();
            hasEnded = IsEnding();
            Invariant.Check(hasEnded || next.IsComplete, "the next client is not served", server.Program.Transcript);
            sessions.Add(next);
        }

        if (!hasEnded)
        {
            Invariant.CheckNoChildren(server.Program);
            Invariant.CheckSleeps(server.Program);
            Invariant.CheckDescriptors(server.Program, descriptors, tracer.Read().Calls);
            idle.AddRange(Enumerable.Range(0, IdleClients).Select(_ => ConnectIdle(server)));
            server.Program.Signal("TERM");
        }

        Invariant.WaitUntil(() => server.Program.HasExited, "it ends", () => server.Program.Transcript);
        idle.ForEach(socket => socket.Dispose());
        int status = server.Program.WaitForExit();
        Invariant.CheckMessages(server.Program);
        Trace trace = tracer.ReadToEnd();
        int expected = injection is { What: "SIGALRM" } && trace.Injected().Any() ? SignalBase + Alarm : 0;
        Invariant.Check(status == expected, $"the exit status is {status} in place of {expected}", server.Program.Transcript);
        return new RunResult(Judge(server, sessions, hasEnded, injection), trace.Injected().Count(), trace.CountCalls(), null);
    }

    // A signal that arrives while it is blocked takes effect in the next ppoll.
    private static bool EndsBySignal(RunningProgram program, Tracer tracer)
    {
        Invariant.CheckNoChildren(program);
        Invariant.CheckSleeps(program);
        return program.HasExited || tracer.Read().Injected().Any();
    }

    private static Socket ConnectIdle(RunningServer server)
    {
        Socket socket = server.Connect();
        try
        {
            socket.SendText("hello");
            Invariant.Check(socket.ReceiveText(5) == "hello", "an idle client is not served", server.Program.Transcript);
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // The fork for this client may be the call that was made to fail.
        }

        return socket;
    }

    private static Outcome Judge(RunningServer server, List<ClientSession> sessions, bool hasEnded, Injection? injection)
    {
        List<ClientSession> cut = [.. sessions.Where(session => !session.IsComplete)];
        if (hasEnded)
        {
            // A client that was accepted is served to its end. Only clients in the queue may be disconnected.
            Invariant.Check(cut.All(session => !session.WasServed), "a session was cut off", server.Program.Transcript);
            return Outcome.ServerEnded;
        }

        Invariant.Check(cut.Count <= 1, $"{cut.Count} clients were cut off", server.Program.Transcript);
        bool isReported = injection is { Kind: InjectionKind.Error } && ErrorMessage.NamesCall(server.Program.Error, injection);
        Invariant.Check(
            cut.Count == 0 || isReported,
            "a client was disconnected, and the reason was not reported",
            server.Program.Transcript);
        return cut.Count == 0 ? Outcome.Unnoticed : Outcome.OneEnded;
    }
}
