namespace EchoNative.Faults;

/// <summary>What a program goes through while one of its system calls is tampered with.</summary>
internal interface IScenario
{
    /// <summary>Runs it.</summary>
    /// <param name="injection">What is done to it; null to see which calls there are.</param>
    /// <exception cref="BrokenPromiseException">The program did what it must not.</exception>
    public Verdict Run(Injection? injection);
}
