using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// One child of the server. It serves small messages and then bulk data, while another child serves a second client.
/// </summary>
internal sealed class ServerChildScenario : IScenario
{
    private const int Messages = 11;

    public RunResult Run(Injection? injection)
    {
        using RunningServer server = new("--bind", "127.0.0.1", "--grace", "0");
        RunningProgram program = server.Program;
        IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(program.Id);
        Task<ClientSession>? running = null;
        int child = StopPoint.StopNextChild(
            program.Id, () => running = Start(() => ClientSession.Run(server.Port, Messages, withBulk: true)));
        using Tracer tracer = new(child, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        RunningProgram.Send(child, "CONT");
        Task<ClientSession> second = Start(() => ClientSession.Run(server.Port, Messages));
        ClientSession session = running!.GetAwaiter().GetResult();
        Invariant.Check(second.GetAwaiter().GetResult().IsComplete, "the second client is not served", program.Transcript);
        Invariant.Check(ClientSession.Run(server.Port, 1).IsComplete, "the next client is not served", program.Transcript);
        Invariant.CheckNoChildren(program);
        Invariant.CheckSleeps(program);
        Invariant.CheckDescriptors(program, descriptors, []);
        string removed = RemovedLine(server, child);
        program.Signal("TERM");
        int status = Invariant.WaitForEnd(program);
        Invariant.Check(status == 0, $"the exit status is {status}", program.Transcript);
        Invariant.CheckMessages(program);
        Trace trace = tracer.ReadToEnd();
        Outcome outcome = Judge(server, session, removed, injection);
        return new RunResult(outcome, trace.Injected().Count(), trace.CountCalls(), null);
    }

    private static Task<ClientSession> Start(Func<ClientSession> session) =>
        Task.Factory.StartNew(session, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string RemovedLine(RunningServer server, int child)
    {
        string start = $"removed proc id: {child}";
        string? line = null;
        Invariant.WaitUntil(
            () =>
            {
                line = server.RemovedLines.FirstOrDefault(one => $"{one} ".StartsWith($"{start} ", StringComparison.Ordinal));
                return line is not null;
            },
            "the end of the child is reported",
            () => server.Program.Transcript);
        return line!;
    }

    private static Outcome Judge(RunningServer server, ClientSession session, string removed, Injection? injection)
    {
        string evidence = server.Program.Transcript;
        string? disconnected = server.Lines.FirstOrDefault(
            line => line.StartsWith($"client disconnected... {session.Peer} ", StringComparison.Ordinal));
        bool killed = removed.Contains("killed by", StringComparison.Ordinal);
        Invariant.Check(
            !killed
                || (injection is { Ends: true }
                    && removed.EndsWith($"(killed by {injection.What})", StringComparison.Ordinal)),
            $"the child was killed: {removed}",
            evidence);
        if (session.IsComplete && !killed)
        {
            return removed.Contains('(', StringComparison.Ordinal)
                ? throw new InvariantViolationException($"all bytes came back, but: {removed}\n{evidence}")
                : Outcome.Unnoticed;
        }

        bool isReported = killed || (injection is { Kind: InjectionKind.Error }
            && disconnected is not null
            && disconnected.EndsWith($": {ErrorTable.Describe(injection.What)}", StringComparison.Ordinal)
            && removed.EndsWith("(exit status 1)", StringComparison.Ordinal));
        Invariant.Check(isReported, "the session was cut off, and the reason was not reported", evidence);
        return Outcome.OneEnded;
    }
}
