using System;
using System.Collections.Generic;

namespace EchoNative.Faults;

/// <summary>What became of a program that kept all invariants although one of its system calls was tampered with.</summary>
internal enum Outcome
{
    /// <summary>Everything was done as without the injection.</summary>
    Unnoticed,

    /// <summary>One session, or one client, ended early and the reason was reported.</summary>
    OneEnded,

    /// <summary>The server did not start, or stopped, and the reason was reported.</summary>
    ServerEnded,
}

/// <summary>The result of one run of a scenario.</summary>
/// <param name="Outcome">What became of the program.</param>
/// <param name="Hits">How many calls were hit: 1, or 0 if the run did not reach the call.</param>
/// <param name="Calls">The names of the calls that the process made, each with how often it was made.</param>
/// <param name="Problem">The invariant that was violated, with the evidence; null if all were kept.</param>
internal sealed record RunResult(Outcome Outcome, int Hits, IReadOnlyDictionary<string, int> Calls, string? Problem)
{
    /// <summary>The result of a run that violated an invariant, or that could not be completed.</summary>
    public static RunResult Violation(Exception exception) =>
        new(
            Outcome.Unnoticed,
            1,
            new Dictionary<string, int>(),
            exception is InvariantViolationException ? exception.Message : exception.ToString());
}

/// <summary>What a program does while one of its system calls is tampered with.</summary>
internal interface IScenario
{
    /// <summary>Runs the program, and checks the invariants.</summary>
    /// <param name="injection">What is done to it; null to find out which calls it makes.</param>
    /// <exception cref="InvariantViolationException">The program violated an invariant.</exception>
    public RunResult Run(Injection? injection);
}
