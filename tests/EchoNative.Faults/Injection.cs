namespace EchoNative.Faults;

/// <summary>One thing that is done to one system call of one process.</summary>
/// <param name="Target">The process.</param>
/// <param name="Call">The call, as strace names it.</param>
/// <param name="Kind">Whether it fails, or a signal arrives.</param>
/// <param name="What">The error, such as <c>EIO</c>, or the signal, such as <c>SIGTERM</c>.</param>
/// <param name="Occurrence">Which of its calls by this name, from 1.</param>
internal sealed record Injection(Target Target, string Call, InjectionKind Kind, string What, int Occurrence)
{
    /// <summary>What strace is told.</summary>
    public string StraceOption =>
        Kind == InjectionKind.Error
            ? $"inject={Call}:error={What}:when={Occurrence}"
            : $"inject={Call}:signal={What}:when={Occurrence}";

    /// <summary>Whether the signal ends a process that has not said what else should happen.</summary>
    public bool Ends => What is "SIGTERM" or "SIGALRM";

    /// <inheritdoc/>
    public override string ToString() => $"{Target} {Call} {What} {Occurrence}";
}
