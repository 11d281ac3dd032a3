using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using static EchoNative.Trace.Model.ArgumentForm;
using static EchoNative.Trace.Model.CallAction;
using static EchoNative.Trace.Model.DescriptorUse;
using static EchoNative.Trace.Model.FileKind;
using static EchoNative.Trace.Model.SleepKind;

namespace EchoNative.Trace.Model;

/// <summary>
/// What each system call does, according to its manual page. No other file lists names of calls. A new call needs a name in
/// one of these rows, or a row of its own.
/// </summary>
internal static class SystemCallTable
{
    private static readonly CallRow s_other = new([], CallAction.None);

    /// <summary>All rows. Calls that do the same share a row.</summary>
    public static IReadOnlyList<CallRow> Rows { get; } =
    [
        // Processes.
        new(["fork", "vfork", "clone", "clone3"], Fork) { Effect = CallEffect.AtBegin },
        new(["execve"], Exec) { Path = 0 },
        new(["execveat"], Exec) { Path = 1 },
        new(["exit"], ExitThread) { Effect = CallEffect.AtBegin },
        new(["exit_group"], ExitProcess) { Effect = CallEffect.AtBegin },
        new(["wait4", "waitpid", "waitid"], Wait) { Sleep = UntilEvent },
        new(["rt_sigaction", "sigaction", "signal"], SetHandler),

        // Waiting. restart_syscall continues a wait that was interrupted.
        new(["pause", "sigsuspend", "rt_sigsuspend"], CallAction.None) { Sleep = UntilEvent },
        new(["rt_sigtimedwait", "rt_sigtimedwait_time64"], CallAction.None) { Sleep = UntilEvent },
        new(["nanosleep", "clock_nanosleep", "clock_nanosleep_time64"], CallAction.None) { Sleep = UntilEvent },
        new(["restart_syscall"], CallAction.None) { Sleep = UntilEvent },
        new(["futex", "futex_time64"], CallAction.None) { Sleep = UntilUnlocked },
        new(["poll", "ppoll", "ppoll_time64"], CallAction.None)
        {
            Sleep = UntilEvent,
            Descriptors = [new(0, Used, Form: PollList)],
        },
        new(["select", "_newselect", "pselect6", "pselect6_time64"], CallAction.None)
        {
            Sleep = UntilEvent,
            Descriptors = [new(1, Used, Form: Set), new(2, Used, Form: Set), new(3, Used, Form: Set)],
        },
        new(["epoll_wait", "epoll_pwait", "epoll_pwait2"], CallAction.None) { Sleep = UntilEvent, Descriptors = [new(0, Used)] },
        new(["epoll_ctl"], CallAction.None) { Descriptors = [new(0, Named), new(2, Used)] },

        // Making files.
        new(["open", "creat"], Make) { Path = 0 },
        new(["openat", "openat2", "open_tree"], Make) { Path = 1, Descriptors = [new(0, Named)] },
        new(["memfd_create", "memfd_secret", "userfaultfd", "eventfd", "eventfd2", "timerfd_create"], Make),
        new(["epoll_create", "epoll_create1", "inotify_init", "inotify_init1", "fanotify_init", "mq_open"], Make),
        new(["pidfd_open", "pidfd_getfd", "perf_event_open", "open_by_handle_at", "io_uring_setup"], Make),
        new(["signalfd", "signalfd4"], Make) { Descriptors = [new(0, Named)] }, // given a descriptor, it changes that one
        new(["pipe", "pipe2"], MakePair) { Makes = Pipe, Descriptors = [new(0, Made, Form: Pair)] },
        new(["socketpair"], MakePair) { Makes = PairSocket, Descriptors = [new(3, Made, Form: Pair)] },
        new(["socket"], MakeSocket) { Makes = Socket },

        // Sockets.
        new(["bind"], Bind) { Descriptors = [new(0, Used, Socket)] },
        new(["listen"], Listen) { Descriptors = [new(0, Used, ListeningSocket)] },
        new(["connect"], Connect) { Descriptors = [new(0, Used, Socket)] },
        new(["accept", "accept4"], Accept)
        {
            Sleep = UntilReady,
            Makes = ConnectedSocket,
            Descriptors = [new(0, Used, ListeningSocket)],
        },
        new(["shutdown"], Shutdown) { Effect = CallEffect.AtBegin, Descriptors = [new(0, Used, ConnectedSocket)] },
        new(["getsockname"], ReadName) { Descriptors = [new(0, Named, Socket)] },
        new(["getpeername", "getsockopt", "setsockopt"], CallAction.None) { Descriptors = [new(0, Named, Socket)] },

        // Moving data. Writing may wait for room too, but seldom does, so it is not shown as sleep.
        new(["read", "readv", "preadv2"], Transfer) { Sleep = UntilReady, Descriptors = [new(0, Read)] },
        new(["pread64", "preadv"], Transfer) { Descriptors = [new(0, Read)] },
        new(["recv", "recvfrom"], Transfer) { Sleep = UntilReady, Descriptors = [new(0, Read, Socket)] },
        new(["recvmsg"], Transfer) { Sleep = UntilReady, Descriptors = [new(0, Read, Socket), new(1, Made, Form: Message)] },
        new(["recvmmsg", "recvmmsg_time64"], Transfer)
        {
            Sleep = UntilReady,
            Descriptors = [new(0, Read, Socket), new(1, Made, Form: MessageArray)],
        },
        new(["write", "writev", "pwrite64", "pwritev", "pwritev2", "vmsplice"], Transfer) { Descriptors = [new(0, Written)] },
        new(["send", "sendto"], Transfer) { Descriptors = [new(0, Written, Socket)] },
        new(["sendmsg"], Transfer) { Descriptors = [new(0, Written, Socket), new(1, Named, Form: Message)] },
        new(["sendmmsg"], Transfer) { Descriptors = [new(0, Written, Socket), new(1, Named, Form: MessageArray)] },
        new(["sendfile", "sendfile64"], Transfer) { Descriptors = [new(0, Written), new(1, Read)] },
        new(["splice"], Transfer) { Sleep = UntilReady, Descriptors = [new(0, Read), new(2, Written)] },
        new(["tee"], Transfer) { Sleep = UntilReady, Descriptors = [new(0, Read), new(1, Written)] },
        new(["copy_file_range"], Transfer) { Descriptors = [new(0, Read), new(2, Written)] },

        // Duplicating and closing.
        new(["dup", "dup2", "dup3"], Duplicate) { Descriptors = [new(0, Named)] },
        new(["fcntl", "ioctl"], Control) { Descriptors = [new(0, Named)] },
        new(["close"], Close) { Effect = CallEffect.AtBegin, Descriptors = [new(0, Named)] },
        new(["close_range"], CloseRange) { Effect = CallEffect.AtBegin },
    ];

    private static readonly FrozenDictionary<string, CallRow> s_byName =
        Rows.SelectMany(row => row.Names, (row, name) => (row, name)).ToFrozenDictionary(pair => pair.name, pair => pair.row);

    /// <summary>The row of a call. A call without a row does nothing that echo-trace shows.</summary>
    public static CallRow Find(string name) => s_byName.GetValueOrDefault(name, s_other);
}

/// <summary>What calls of the same behaviour do.</summary>
/// <param name="Names">The names of the calls, as strace prints them.</param>
/// <param name="Action">What they do to processes and descriptors.</param>
internal sealed record CallRow(IReadOnlyList<string> Names, CallAction Action)
{
    public CallEffect Effect { get; init; } = CallEffect.AtReturn;

    public SleepKind Sleep { get; init; }

    /// <summary>The arguments that are descriptors, or that hold descriptors.</summary>
    public IReadOnlyList<DescriptorArgument> Descriptors { get; init; } = [];

    /// <summary>What a new descriptor leads to.</summary>
    public FileKind Makes { get; init; }

    /// <summary>The index of the argument with the path of the file or program; null where there is none.</summary>
    public int? Path { get; init; }
}

/// <summary>An argument that is a descriptor, or that holds descriptors.</summary>
/// <param name="Index">The index of the argument; the first has 0.</param>
/// <param name="Use">What the call does with the descriptor.</param>
/// <param name="Implies">What the descriptor must lead to, where the log does not show how it was made.</param>
/// <param name="Form">Where in the argument the descriptors are.</param>
internal sealed record DescriptorArgument(
    int Index, DescriptorUse Use, FileKind Implies = Other, ArgumentForm Form = Single)
{
    /// <summary>Whether the call needs the descriptor to do its work.</summary>
    public bool IsUse => Use is Used or Read or Written;
}

/// <summary>When a call takes effect. This matters where strace prints the call in two lines.</summary>
internal enum CallEffect
{
    /// <summary>For what a call gets or makes: a connection, data, a descriptor.</summary>
    AtReturn,

    /// <summary>
    /// For what a call takes away, and for a new process: other processes may react before strace prints that the call returned.
    /// </summary>
    AtBegin,
}

/// <summary>What a process sleeps for in a call.</summary>
internal enum SleepKind
{
    /// <summary>The call returns soon.</summary>
    None,

    /// <summary>Until the descriptor that the call uses is ready.</summary>
    UntilReady,

    /// <summary>
    /// Until one of several descriptors is ready, a child ends, a signal arrives or time has passed. The process has no other
    /// work left.
    /// </summary>
    UntilEvent,

    /// <summary>Until another thread lets this one continue. The process may be in the middle of some work.</summary>
    UntilUnlocked,
}

/// <summary>What a call does with a descriptor in its arguments.</summary>
internal enum DescriptorUse
{
    /// <summary>It names the descriptor but does not need the file: it closes or duplicates it, or asks about it.</summary>
    Named,

    /// <summary>It accepts on the descriptor, connects it, or waits for it.</summary>
    Used,

    /// <summary>It reads data from it.</summary>
    Read,

    /// <summary>It writes data to it.</summary>
    Written,

    /// <summary>It makes the descriptor and stores its number there.</summary>
    Made,
}

/// <summary>Where descriptors are in an argument.</summary>
internal enum ArgumentForm
{
    /// <summary>The argument is a descriptor: <c>3</c>.</summary>
    Single,

    /// <summary>A list of structures: <c>[{fd=3, events=POLLIN}]</c>.</summary>
    PollList,

    /// <summary>A set: <c>[3 5]</c>.</summary>
    Set,

    /// <summary>An array of two: <c>[3, 4]</c>.</summary>
    Pair,

    /// <summary>A message, which may carry descriptors as SCM_RIGHTS: see unix(7).</summary>
    Message,

    /// <summary>An array of messages, each with the count of its bytes (<c>msg_len</c>).</summary>
    MessageArray,
}

/// <summary>What a call does to processes and descriptors.</summary>
internal enum CallAction
{
    /// <summary>It changes nothing that is shown.</summary>
    None,
    Fork,
    Exec,

    /// <summary>It ends one thread.</summary>
    ExitThread,

    /// <summary>It ends the process with all its threads.</summary>
    ExitProcess,
    Wait,
    SetHandler,

    /// <summary>It returns a descriptor to a new file.</summary>
    Make,
    MakeSocket,

    /// <summary>It stores two descriptors to new files in an array.</summary>
    MakePair,
    Bind,
    Listen,
    Connect,
    Accept,
    Shutdown,

    /// <summary>It asks for the address of the socket.</summary>
    ReadName,

    /// <summary>It moves data from or to descriptors.</summary>
    Transfer,
    Duplicate,

    /// <summary>Its second argument says what it does: it may duplicate the descriptor, or set its close-on-exec flag.</summary>
    Control,
    Close,

    /// <summary>It closes all descriptors from its first argument to its second.</summary>
    CloseRange,
}
