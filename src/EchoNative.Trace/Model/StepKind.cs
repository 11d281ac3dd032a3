namespace EchoNative.Trace.Model;

/// <summary>What a process does, as far as the picture shows it.</summary>
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

    /// <summary>Writing to something that is not drawn: the words of a server.</summary>
    Speak,
    Fork,
    Exec,

    /// <summary>What SIGCHLD shall do is set.</summary>
    Handler,
    Signal,
    Wait,
    Exit,

    /// <summary>The end by a signal.</summary>
    Killed,
}
