namespace EchoNative.Faults;

/// <summary>The process whose system calls are tampered with.</summary>
internal enum Target
{
    /// <summary>The server's main thread, from the first call of Main until it waits for clients.</summary>
    ServerStart,

    /// <summary>The server's other thread, the finalizer of the runtime: it blocks the signals, and then sleeps.</summary>
    ServerFinalizer,

    /// <summary>The server's parent process, from its first wait for clients to its end.</summary>
    ServerParent,

    /// <summary>One child of the server, from its fork to its end.</summary>
    ServerChild,

    /// <summary>The same with --idle-timeout.</summary>
    IdleChild,

    /// <summary>The same with --proxy-protocol, --banner and --ignore-probes.</summary>
    ProxyChild,

    /// <summary>The client's receiving process, from the first call of Main to its end.</summary>
    Receiver,

    /// <summary>The same with --wait and --timeout.</summary>
    WaitingReceiver,

    /// <summary>The client's sending process, from its fork to its end.</summary>
    Sender,
}

/// <summary>What is done to a system call.</summary>
internal enum InjectionKind
{
    /// <summary>The call is not made, and returns an error.</summary>
    Error,

    /// <summary>The call is made, and a signal is delivered with it.</summary>
    Signal,
}

/// <summary>One error or signal that is injected into one system call of one process.</summary>
/// <param name="Target">The process.</param>
/// <param name="Call">The name of the call, as strace prints it.</param>
/// <param name="Kind">Whether the call fails or a signal is delivered.</param>
/// <param name="What">The error, such as <c>EIO</c>, or the signal, such as <c>SIGTERM</c>.</param>
/// <param name="Occurrence">Which of the process's calls by this name is hit, counted from 1.</param>
internal sealed record Injection(Target Target, string Call, InjectionKind Kind, string What, int Occurrence)
{
    /// <summary>The option of strace, for <c>-e</c>.</summary>
    public string StraceOption =>
        Kind == InjectionKind.Error
            ? $"inject={Call}:error={What}:when={Occurrence}"
            : $"inject={Call}:signal={What}:when={Occurrence}";

    /// <summary>Whether it is a signal whose default action ends the process.</summary>
    public bool Ends => What is "SIGTERM" or "SIGALRM";

    /// <inheritdoc/>
    public override string ToString() => $"{Target} {Call} {What} {Occurrence}";
}
