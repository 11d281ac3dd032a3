using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace EchoNative.Faults;

/// <summary>
/// Finds out which system calls the programs make, and then tampers with each of these calls in every known way: one
/// injection for each run.
/// </summary>
internal sealed class Campaign
{
    // The number of calls that the runtime makes varies with the layout of its memory. A run may therefore make fewer
    // calls than planned; it is then repeated, up to this many times.
    private const int PlanningRuns = 8;
    private const int MaxAttempts = 8;
    private const int RunsPerProcessor = 2;

    // In seconds: an option that sets a limit of time is there, and the time is never over.
    private const string LongTime = "1000";

    // No signal can be delivered at this call: the process ends.
    private const string LastCall = "exit_group";

    private static readonly int[] s_occurrences = [1, 2, 10];
    private static readonly string[] s_signals = ["SIGCHLD", "SIGTERM", "SIGALRM", "SIGSTOP"];

    // Calls that get no error injected. The only one is futex, the wait for the finalizer at start: glibc aborts the
    // program or keeps waiting when the kernel returns an error that glibc does not expect.
    private static readonly string[] s_callsWithoutErrors = ["futex"];

    private static readonly Dictionary<Target, IScenario> s_scenarios = new()
    {
        [Target.ServerStart] = new ServerStartScenario(Target.ServerStart),
        [Target.ServerFinalizer] = new ServerStartScenario(Target.ServerFinalizer),
        [Target.ServerParent] = new ServerParentScenario(),
        [Target.ServerChild] = new ServerChildScenario(Opening.None),
        [Target.IdleChild] = new ServerChildScenario(Opening.None, "--idle-timeout", LongTime),
        [Target.ProxyChild] = new ServerChildScenario(
            Opening.Proxied, "--proxy-protocol", "--banner", "--ignore-probes"),
        [Target.Receiver] = new ClientScenario(Target.Receiver),
        [Target.WaitingReceiver] = new ClientScenario(Target.WaitingReceiver, "--wait", LongTime, "--timeout", LongTime),
        [Target.Sender] = new ClientScenario(Target.Sender),
    };

    /// <summary>Makes the list of all injections, from traces of runs without an injection.</summary>
    public static List<Injection> Plan()
    {
        List<Injection> plan = [];
        foreach ((Target target, IScenario scenario) in s_scenarios)
        {
            List<IReadOnlyDictionary<string, int>> runs =
                [.. Enumerable.Range(0, PlanningRuns).Select(_ => scenario.Run(null).Calls)];
            foreach (string call in runs.SelectMany(run => run.Keys).Distinct())
            {
                int count = runs.Min(run => run.GetValueOrDefault(call));
                foreach (int occurrence in s_occurrences.Where(number => number <= count))
                {
                    plan.AddRange(ErrorsOf(call)
                        .Select(error => new Injection(target, call, InjectionKind.Error, error, occurrence)));
                    plan.AddRange(SignalsAt(call)
                        .Select(signal => new Injection(target, call, InjectionKind.Signal, signal, occurrence)));
                }
            }
        }

        return plan;
    }

    /// <summary>Runs the injections, several at a time.</summary>
    /// <param name="plan">The injections.</param>
    /// <param name="report">Called with each result, by one thread at a time.</param>
    public static FaultReport Run(IReadOnlyList<Injection> plan, Action<Injection, RunResult> report)
    {
        ConcurrentQueue<(Injection, RunResult)> results = new();
        object reporting = new();
        _ = Parallel.ForEach(
            Partitioner.Create(plan, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = RunsPerProcessor * Environment.ProcessorCount },
            injection =>
            {
                RunResult result = Run(injection);
                results.Enqueue((injection, result));
                lock (reporting)
                {
                    report(injection, result);
                }
            });
        return new FaultReport([.. results]);
    }

    private static IReadOnlyList<string> ErrorsOf(string call) =>
        s_callsWithoutErrors.Contains(call) ? [] : ErrorTable.Of(call);

    private static string[] SignalsAt(string call) => call == LastCall ? [] : s_signals;

    private static RunResult Run(Injection injection)
    {
        try
        {
            for (int attempt = 0; attempt < MaxAttempts; attempt++)
            {
                RunResult result = s_scenarios[injection.Target].Run(injection);
                if (WasHit(injection, result))
                {
                    return result;
                }
            }

            throw new InvariantViolationException("the call was never made");
        }
        catch (Exception exception)
        {
            return RunResult.Violation(exception);
        }
    }

    // A signal may merge with a pending one of the same number. It then leaves no mark in the trace.
    private static bool WasHit(Injection injection, RunResult result) =>
        result.Hits > 0
        || (injection.Kind == InjectionKind.Signal && result.Calls.GetValueOrDefault(injection.Call) >= injection.Occurrence);
}
