using System;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace EchoNative.Posix;

/// <summary>
/// Lets a program that is the first process of a container end by signals. The kernel drops all signals for which the process
/// with the id 1 has no handler; see pid_namespaces(7). So the program starts itself again as a child, whose id is another
/// one, and the first process only passes signals on, and waits.
/// </summary>
public static unsafe class FirstProcess
{
    private const int StatusOfSignal = 128; // as a shell has it
    private const int NotStarted = 126; // as a shell has it
    private const int MaxIdLength = 10; // digits

    // Those that end a process by default, and that somebody sends on purpose; see signal(7).
    private static ReadOnlySpan<Signal> PassedOn =>
    [
        Signal.Hangup, Signal.Interrupt, Signal.Quit, Signal.User1, Signal.User2, Signal.Alarm, Signal.Terminate,
    ];

    /// <summary>
    /// If this is the process 1, runs the program with the same arguments in a child, until that has ended. Call it before any
    /// signal handler is installed.
    /// </summary>
    /// <param name="status">The exit status of the child, or 128 and the number of the signal that ended it.</param>
    /// <returns>Whether that was done. If not, the caller does the work itself.</returns>
    /// <exception cref="PosixException">No child could be made.</exception>
    public static bool TryRunAsChild(out int status)
    {
        status = 0;
        byte* program = CurrentProcess.Id == 1 ? FindProgram() : null;
        if (program is null)
        {
            return false;
        }

        byte** arguments = CopyArguments();
        byte* listenPid = MakeRoomForListenPid();
        SignalSet handled = SignalSet.Of([Signal.Child, .. PassedOn]);
        SignalSet mask = SignalMask.BlockInEveryThread(handled);
        ForkResult fork = ChildProcess.Fork();
        if (fork.Failed)
        {
            throw new PosixException("fork", fork.Error.ToString(), "the program's own process");
        }

        if (fork.IsChild)
        {
            // A shell starts what is to run in the background with SIGINT and SIGQUIT ignored. A child of the process 1 has to
            // end by them. SIGHUP stays ignored after nohup(1).
            foreach (Signal signal in PassedOn)
            {
                if (signal != Signal.Hangup)
                {
                    SignalHandler.Default(signal);
                }
            }

            SignalMask.Set(mask);
            Write(fork.OwnId, listenPid);
            _ = Libc.execv(program, arguments);
            _ = StandardStream.Error.WriteAll("exec() error\n"u8);
            CurrentProcess.Exit(NotStarted);
        }

        WaitStatus ended = WaitFor(fork.ProcessId, handled, mask.Without(handled));
        status = ended.IsKilled ? StatusOfSignal + ended.SignalNumber : ended.ExitStatus;
        return true;
    }

    private static WaitStatus WaitFor(int childId, in SignalSet handled, in SignalSet mask)
    {
        bool hasEnded = false;
        WaitStatus status = default;
        SignalHandler.Install(Signal.Child, handled, _ =>
        {
            // Processes that have lost their parent become children of the process 1.
            while (ChildProcess.TryReapAny(out int endedId, out WaitStatus ended))
            {
                if (endedId == childId)
                {
                    hasEnded = true;
                    status = ended;
                }
            }
        });
        foreach (Signal signal in PassedOn)
        {
            SignalHandler.Install(signal, handled, passed => ChildProcess.Send(childId, passed));
        }

        // A pipe or connection ends when the child has closed it.
        InheritedDescriptors.Close();
        StandardStream.Input.Close();
        StandardStream.Output.Close();
        StandardStream.Error.Close();
        while (!hasEnded)
        {
            _ = Poll.WaitForSignal(Poll.Forever, mask);
        }

        return status;
    }

    // The path by which the program was started. /proc may not be mounted.
    private static byte* FindProgram()
    {
        byte* path = (byte*)Libc.getauxval(Libc.AT_EXECFN);
        if (path is not null && Libc.access(path, Libc.X_OK) == 0)
        {
            return path;
        }

        path = (byte*)Marshal.StringToCoTaskMemUTF8("/proc/self/exe");
        return Libc.access(path, Libc.X_OK) == 0 ? path : null;
    }

    /// <summary>
    /// Where a service manager has passed sockets to the process 1, they are for the child: LISTEN_PID has to be its id, which
    /// is not known yet; see sd_listen_fds(3).
    /// </summary>
    /// <returns>Where the value is in the environment, with room for any id; null if nothing was passed.</returns>
    private static byte* MakeRoomForListenPid()
    {
        fixed (byte* name = "LISTEN_PID\0"u8, longest = "2147483647\0"u8)
        {
            bool isPassed = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Libc.getenv(name)).SequenceEqual("1"u8);
            return isPassed && Libc.setenv(name, longest, overwrite: 1) == 0 ? Libc.getenv(name) : null;
        }
    }

    private static void Write(int processId, byte* room)
    {
        if (room is not null && Utf8Formatter.TryFormat(processId, new Span<byte>(room, MaxIdLength), out int length))
        {
            room[length] = 0;
        }
    }

    // All arguments and a null at the end, for the rest of the process's life.
    private static byte** CopyArguments()
    {
        string[] arguments = Environment.GetCommandLineArgs();
        byte** copies = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Length + 1, (nuint)sizeof(byte*));
        for (int index = 0; index < arguments.Length; index++)
        {
            copies[index] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[index]);
        }

        return copies;
    }
}
