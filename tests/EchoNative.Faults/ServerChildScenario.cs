using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using EchoNative.Testing;

namespace EchoNative.Faults;

/// <summary>
/// One child of the server. It serves small messages and then bulk data, while another child serves a second client.
/// </summary>
/// <param name="opening">What the options demand of a client.</param>
/// <param name="options">Options of the server.</param>
internal sealed class ServerChildScenario(Opening opening, params string[] options) : IScenario
{
    private const int Messages = 11;

    public RunResult Run(Injection? injection)
    {
        using RunningServer server = new([.. options, "--bind", "127.0.0.1", "--grace", "0"]);
        RunningProgram program = server.Program;
        IReadOnlyDictionary<int, string> descriptors = ProcessTable.DescriptorsOf(program.Id);
        Task<ClientSession>? running = null;
        int child = StopPoint.StopNextChild(
            program.Id,
            () => running = Start(() => ClientSession.Run(server.Port, Messages, withBulk: true, opening: opening)));
        using Tracer tracer = new(child, injection is null ? [] : [injection.StraceOption]);
        _ = tracer.WaitForStop();
        if (injection is { What: "SIGSTOP" })
        {
            tracer.ContinueAfterStop(2);
        }

        RunningProgram.Send(child, "CONT");
        Task<ClientSession> second = Start(() => ClientSession.Run(server.Port, Messages, opening: opening));
        ClientSession session = running!.GetAwaiter().GetResult();
        Invariant.Check(second.GetAwaiter().GetResult().IsComplete, "the second client is not served", program.Transcript);
        bool servesNext = ClientSession.Run(server.Port, 1, opening: opening).IsComplete;
        Invariant.Check(servesNext, "the next client is not served", program.Transcript);
        Invariant.CheckNoChildren(program);
        Invariant.CheckSleeps(program);
        Invariant.CheckDescriptors(program, descriptors, []);
        program.Signal("TERM");
        int status = Invariant.WaitForEnd(program);
        Invariant.Check(status == 0, $"the exit status is {status}", program.Transcript);
        Invariant.CheckMessages(program);
        Trace trace = tracer.ReadToEnd();
        Outcome outcome = Judge(server, session, child, injection);
        return new RunResult(outcome, trace.Injected().Count(), trace.CountCalls(), null);
    }

    private static Task<ClientSession> Start(Func<ClientSession> session) =>
        Task.Factory.StartNew(session, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Outcome Judge(RunningServer server, ClientSession session, int child, Injection? injection)
    {
        string evidence = server.Program.Transcript;
        string? disconnected = server.Lines.FirstOrDefault(
            line => line.StartsWith("client disconnected... ", StringComparison.Ordinal)
                && line.Contains($":{session.Port} (", StringComparison.Ordinal));
        string? removed = server.RemovedLines.FirstOrDefault(
            one => $"{one} ".StartsWith($"removed proc id: {child} ", StringComparison.Ordinal));
        if (removed is null)
        {
            // With --ignore-probes a connection that fails before its first byte is counted only.
            bool isProbe = !session.WasServed && evidence.Contains(" 1 probes, ", StringComparison.Ordinal);
            Invariant.Check(isProbe, "the end of the child is not reported", evidence);
            return Outcome.OneEnded;
        }

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
