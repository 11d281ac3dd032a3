using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>A child of the server, which serves small messages and then bulk data, with another beside it.</summary>
internal sealed class ServerChildScenario : IScenario
{
    private const int Messages = 11;

    public Verdict Run(Injection? injection)
    {
        using RunningServer server = Servers.Start("0");
        RunningProgram program = server.Program;
        IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(program.Id);
        Task<Visit>? visiting = null;
        int child = Gate.StopNextChild(program.Id, () => visiting = Start(() => Visit.Run(server.Port, Messages, withBulk: true)));
        using Tracer tracer = new(child, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        RunningProgram.Send(child, "CONT");
        Task<Visit> beside = Start(() => Visit.Run(server.Port, Messages));
        Visit visit = visiting!.GetAwaiter().GetResult();
        Promise.Keep(beside.GetAwaiter().GetResult().IsComplete, "the client beside it is not served", program.Transcript);
        Promise.Keep(Visit.Run(server.Port, 1).IsComplete, "the next client is not served", program.Transcript);
        Promise.KeepNoChildren(program);
        Promise.KeepAsleep(program);
        Promise.KeepDescriptors(program, descriptors, []);
        string removed = RemovedLine(server, child);
        program.Signal("TERM");
        int status = Promise.WaitForEnd(program);
        Promise.Keep(status == 0, $"the exit status is {status}", program.Transcript);
        Promise.KeepWords(program);
        Trace trace = tracer.ReadToEnd();
        Outcome outcome = Judge(server, visit, removed, injection);
        return new Verdict(outcome, trace.Injected().Count(), trace.CountCalls(), null);
    }

    private static Task<Visit> Start(Func<Visit> visit) => Task.Factory.StartNew(visit, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string RemovedLine(RunningServer server, int child)
    {
        string start = $"removed proc id: {child}";
        string? line = null;
        Patience.WaitUntil(
            () => (line = server.RemovedLines.FirstOrDefault(one => $"{one} ".StartsWith($"{start} ", StringComparison.Ordinal))) is not null,
            "the child's end is told",
            () => server.Program.Transcript);
        return line!;
    }

    private static Outcome Judge(RunningServer server, Visit visit, string removed, Injection? injection)
    {
        string evidence = server.Program.Transcript;
        string? words = server.Lines.FirstOrDefault(line => line.StartsWith($"client disconnected... {visit.Peer} ", StringComparison.Ordinal));
        bool killed = removed.Contains("killed by", StringComparison.Ordinal);
        Promise.Keep(!killed || (injection is { Ends: true } && removed.EndsWith($"(killed by {injection.What})", StringComparison.Ordinal)), $"the child was killed: {removed}", evidence);
        if (visit.IsComplete && !killed)
        {
            return removed.Contains('(', StringComparison.Ordinal)
                ? throw new BrokenPromiseException($"all bytes came back, but: {removed}\n{evidence}")
                : Outcome.Unnoticed;
        }

        bool isTold = killed || (injection is { Kind: InjectionKind.Error }
            && words is not null && words.EndsWith($": {ErrorTable.Describe(injection.What)}", StringComparison.Ordinal)
            && removed.EndsWith("(exit status 1)", StringComparison.Ordinal));
        Promise.Keep(isTold, "the session was broken off, and nobody was told why", evidence);
        return Outcome.OneEnded;
    }
}
