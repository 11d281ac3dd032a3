namespace EchoNative.Posix;

/// <summary>The signals that the program handles, ignores or sends, by their numbers on Linux; see signal(7).</summary>
public enum Signal
{
    /// <summary>No signal.</summary>
    None = 0,

    /// <summary>SIGHUP: the terminal was closed.</summary>
    Hangup = 1,

    /// <summary>SIGINT: Ctrl-C, sent by the terminal to every process of the foreground group.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT: Ctrl-\, which ends the program with a core dump.</summary>
    Quit = 3,

    /// <summary>SIGKILL: ends a process. It can't be handled, blocked or ignored.</summary>
    Kill = 9,

    /// <summary>SIGUSR1: its meaning is up to the program. By default it ends the process.</summary>
    User1 = 10,

    /// <summary>SIGUSR2: a second one.</summary>
    User2 = 12,

    /// <summary>SIGPIPE: a write to a pipe or socket whose reader has closed its end.</summary>
    Pipe = 13,

    /// <summary>SIGALRM: a timer has run out.</summary>
    Alarm = 14,

    /// <summary>SIGTERM: a polite request to end.</summary>
    Terminate = 15,

    /// <summary>SIGCHLD: a child has ended.</summary>
    Child = 17,

    /// <summary>SIGXFSZ: a write beyond the largest allowed length of a file; see setrlimit(2), RLIMIT_FSIZE.</summary>
    FileSizeExceeded = 25,
}
