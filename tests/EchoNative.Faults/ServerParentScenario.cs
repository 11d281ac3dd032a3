using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// The server's parent: eleven clients one after the other, then nobody, then ten that rest while it is asked to
/// stop.
/// </summary>
internal sealed class ServerParentScenario : IScenario
{
    private const int Visitors = 11;
    private const int Resting = 10;
    private const int SignalBase = 128;
    private const int Alarm = 14;

    public Verdict Run(Injection? injection)
    {
        using RunningServer server = Servers.Start(injection is { Ends: true } ? "2" : "0");
        IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(server.Program.Id);
        using Tracer tracer = new(server.Program.Id, injection is null ? [] : [injection.StraceOption]);
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(1);
        }

        // A close that strace prevents leaves the parent's copy open, and the client without its end of file.
        bool waitsForEnd = injection is not { Call: "close", Kind: InjectionKind.Error };
        List<Visit> visits = [.. Enumerable.Range(0, Visitors).Select(_ => Visit.Run(server.Port, messages: 2, waitsForEnd: waitsForEnd))];
        bool hasEnded = injection is { Ends: true } && EndsBySignal(server.Program, tracer);
        List<Socket> resting = [];
        if (!hasEnded)
        {
            Promise.Keep(Visit.Run(server.Port, messages: 2, waitsForEnd: waitsForEnd).IsComplete, "the next client is not served", server.Program.Transcript);
            Promise.KeepNoChildren(server.Program);
            Promise.KeepAsleep(server.Program);
            Promise.KeepDescriptors(server.Program, descriptors, tracer.Read().Calls);
            resting.AddRange(Enumerable.Range(0, Resting).Select(_ => Rest(server)));
            server.Program.Signal("TERM");
        }

        Patience.WaitUntil(() => server.Program.HasExited, "it ends", () => server.Program.Transcript);
        resting.ForEach(socket => socket.Dispose());
        int status = server.Program.WaitForExit();
        Promise.KeepWords(server.Program);
        Trace trace = tracer.ReadToEnd();
        int expected = injection is { What: "SIGALRM" } && trace.Injected().Any() ? SignalBase + Alarm : 0;
        Promise.Keep(status == expected, $"the exit status is {status} in place of {expected}", server.Program.Transcript);
        return new Verdict(Judge(server, visits, hasEnded, injection), trace.Injected().Count(), trace.CountCalls(), null);
    }

    // A signal that comes while it is blocked has its effect in the next wait.
    private static bool EndsBySignal(RunningProgram program, Tracer tracer)
    {
        Promise.KeepNoChildren(program);
        Promise.KeepAsleep(program);
        return program.HasExited || tracer.Read().Injected().Any();
    }

    private static Socket Rest(RunningServer server)
    {
        Socket socket = server.Connect();
        try
        {
            socket.SendText("hello");
            Promise.Keep(socket.ReceiveText(5) == "hello", "a resting client is not served", server.Program.Transcript);
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // Its fork may be the one that fails.
        }

        return socket;
    }

    private static Outcome Judge(RunningServer server, List<Visit> visits, bool hasEnded, Injection? injection)
    {
        List<Visit> cut = [.. visits.Where(visit => !visit.IsComplete)];
        if (hasEnded)
        {
            // Who was accepted is served to the end; who was not yet is turned away.
            Promise.Keep(cut.All(visit => !visit.WasServed), "a session was broken off", server.Program.Transcript);
            return Outcome.ServerEnded;
        }

        Promise.Keep(cut.Count <= 1, $"{cut.Count} clients were broken off", server.Program.Transcript);
        bool isTold = injection is { Kind: InjectionKind.Error } && Reason.NamesCall(server.Program.Error, injection);
        Promise.Keep(cut.Count == 0 || isTold, "a client was turned away, and nobody was told why", server.Program.Transcript);
        return cut.Count == 0 ? Outcome.Unnoticed : Outcome.OneEnded;
    }
}
