using EchoNative.Trace.Log;

namespace EchoNative.Trace.Model;

/// <summary>One thing that a process does, or that happens to it.</summary>
/// <param name="At">When it takes effect: for a call that sleeps, at its return.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Process">The process.</param>
/// <param name="Source">The line or lines of the log.</param>
internal sealed record Step(Moment At, StepKind Kind, TracedProcess Process, LogEvent Source)
{
    /// <summary>The descriptor that the step uses or changes; null where there is none.</summary>
    public Descriptor? On { get; init; }

    /// <summary>The child that was forked, waited for, or named by the signal.</summary>
    public TracedProcess? Child { get; init; }

    /// <summary>Whether the call failed or found nothing, such as a child that has ended.</summary>
    public bool Failed { get; init; }

    /// <summary>What is shown beside the name, such as the count of bytes or the exit status.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>The kinds of steps that the picture shows.</summary>
internal enum StepKind
{
    Socket,
    Bind,
    Listen,
    Connect,
    Accept,
    Read,
    Write,
    Shutdown,
    Duplicate,
    Close,

    /// <summary>A line of the server's own log, which it writes to standard output or standard error.</summary>
    LogWrite,
    Fork,
    Exec,

    /// <summary>The process sets a handler for SIGCHLD.</summary>
    Handler,
    Signal,
    Wait,
    Exit,

    /// <summary>The process is ended by a signal.</summary>
    Killed,
}
