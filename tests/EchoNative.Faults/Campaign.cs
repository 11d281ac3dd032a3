using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace EchoNative.Faults;

/// <summary>
/// Looks at which system calls the programs make, and then tampers with each of them in every way it knows, one in
/// each run.
/// </summary>
internal sealed class Campaign
{
    // The runtime makes a few calls more or less, depending on how its memory came to lie: then the tenth may be
    // missed, and is aimed at again.
    private const int UntouchedRuns = 8;
    private const int Attempts = 8;
    private const int ProcessesEach = 2;

    private static readonly int[] s_occurrences = [1, 2, 10];
    private static readonly string[] s_signals = ["SIGCHLD", "SIGTERM", "SIGALRM", "SIGSTOP"];

    // A process that ends by itself takes no signal any more.
    private const string LastCall = "exit_group";

    private static readonly Dictionary<Target, IScenario> s_scenarios = new()
    {
        [Target.ServerStart] = new ServerStartScenario(Target.ServerStart),
        [Target.ServerFinalizer] = new ServerStartScenario(Target.ServerFinalizer),
        [Target.ServerParent] = new ServerParentScenario(),
        [Target.ServerChild] = new ServerChildScenario(),
        [Target.Receiver] = new ClientScenario(Target.Receiver),
        [Target.Sender] = new ClientScenario(Target.Sender),
    };

    /// <summary>All that is to be done, found out by running each program untouched, and reading the trace.</summary>
    public static List<Injection> Plan()
    {
        List<Injection> plan = [];
        foreach ((Target target, IScenario scenario) in s_scenarios)
        {
            List<IReadOnlyDictionary<string, int>> runs = [.. Enumerable.Range(0, UntouchedRuns).Select(_ => scenario.Run(null).Calls)];
            foreach (string call in runs.SelectMany(run => run.Keys).Distinct())
            {
                int count = runs.Min(run => run.GetValueOrDefault(call));
                foreach (int occurrence in s_occurrences.Where(number => number <= count))
                {
                    plan.AddRange(ErrorTable.Of(call).Where(_ => !NotOurs.Calls.ContainsKey(call)).Select(error => new Injection(target, call, InjectionKind.Error, error, occurrence)));
                    plan.AddRange(s_signals.Where(_ => call != LastCall)
                        .Select(signal => new Injection(target, call, InjectionKind.Signal, signal, occurrence)));
                }
            }
        }

        return plan;
    }

    /// <summary>Does it, several at a time.</summary>
    /// <param name="plan">What.</param>
    /// <param name="tell">Called with each result, by one thread at a time.</param>
    public static Matrix Run(IReadOnlyList<Injection> plan, Action<Injection, Verdict> tell)
    {
        ConcurrentQueue<(Injection, Verdict)> results = new();
        object turn = new();
        _ = Parallel.ForEach(
            Partitioner.Create(plan, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = ProcessesEach * Environment.ProcessorCount },
            injection =>
            {
                Verdict verdict = Run(injection);
                results.Enqueue((injection, verdict));
                lock (turn)
                {
                    tell(injection, verdict);
                }
            });
        return new Matrix([.. results]);
    }

    private static Verdict Run(Injection injection)
    {
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                Verdict verdict = s_scenarios[injection.Target].Run(injection);
                if (WasHit(injection, verdict))
                {
                    return verdict;
                }
            }

            throw new BrokenPromiseException("the call was never made");
        }
        catch (Exception exception)
        {
            return Verdict.Broken(exception);
        }
    }

    // A signal may merge with one of the same kind that is on its way already, and then leaves no trace.
    private static bool WasHit(Injection injection, Verdict verdict) =>
        verdict.Hits > 0
        || (injection.Kind == InjectionKind.Signal && verdict.Calls.GetValueOrDefault(injection.Call) >= injection.Occurrence);
}
