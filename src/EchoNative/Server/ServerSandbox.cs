using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// The rights that the server gives up before it accepts the first client: all capabilities, and all system calls that it
/// does not need. A child that an attacker has taken over can then do little harm.
/// </summary>
/// <param name="options">Whether there is a sandbox, and whether a file has to be removed at the end.</param>
/// <remarks>
/// The parent and the children have the same filter, because a filter for each child would cost too much. Calls that only the
/// parent may make need a key that no child has: see docs/decisions/0010.
/// </remarks>
internal sealed class ServerSandbox(ServerOptions options)
{
    private Errno _failureInOtherThread;

    /// <summary>Lets the parent fork, send signals, and remove the file of --port-file.</summary>
    public ParentKey Key { get; private set; }

    /// <summary>Gives up the rights of the finalizer thread. Call in that thread: capabilities belong to a thread.</summary>
    /// <param name="account">The account of --user, if any. Changing to it takes the rights of every thread.</param>
    public void PrepareOtherThread(Account? account)
    {
        if (options.Sandbox != SandboxMode.None)
        {
            // A failure does not matter where the kernel has filters: installing one sets it for every thread.
            _ = Capabilities.SetNoNewPrivileges();
            _failureInOtherThread = account is null ? Capabilities.DropAll() : Errno.None;
        }
    }

    /// <summary>Makes the key. No child must get it.</summary>
    /// <exception cref="PosixException">The kernel has no filter and --sandbox=require was given.</exception>
    public void Prepare()
    {
        // Before the port file is written, which may replace that of a server that runs.
        ThrowIfRequired(options.Sandbox == SandboxMode.Required ? SystemCallFilter.Probe() : Errno.None);
        if (options.Sandbox != SandboxMode.None)
        {
            Key = ParentKey.Create();
        }
    }

    /// <summary>Gives up all rights but those of serving: after it no memory, no file and no program can be opened.</summary>
    /// <param name="account">The account of --user, if any.</param>
    /// <param name="log">The log, for a kernel without such filters.</param>
    /// <exception cref="PosixException">
    /// The rights can't be given up, or the kernel has no filter and --sandbox=require was given.
    /// </exception>
    public void Enter<TSink>(Account? account, in EventLog<TSink> log)
        where TSink : struct, ILogSink
    {
        if (options.Sandbox == SandboxMode.None)
        {
            return;
        }

        if (account is not null)
        {
            FinalizerThread.Run(() => _failureInOtherThread = Capabilities.DropAll());
        }

        Errno failure = Capabilities.DropAll();
        failure = failure.IsError ? failure : _failureInOtherThread;
        if (failure.IsError)
        {
            throw new PosixException("capset", failure.ToString(), "giving up all capabilities");
        }

        SystemCallFilter filter = new(Key);
        if (options.Inetd)
        {
            AllowSession(filter);
        }
        else
        {
            AllowWork(filter);
        }

        if (options.PortFile is not null)
        {
            filter.AllowFileRemovalWithKey();
        }

        failure = filter.Install();
        ThrowIfRequired(failure);
        if (failure.IsError)
        {
            log.WriteError(new NotConfined(failure.Description));
        }
    }

    /// <summary>Allows the calls of parent and children.</summary>
    internal static void AllowWork(SystemCallFilter filter)
    {
        AllowSession(filter);
        filter.Allow(SystemCall.Accept); // a child has no listening socket
        filter.Allow(SystemCall.Wait4); // nor children
        filter.AllowForkWithKey();
        filter.AllowKillWithKey();
        filter.AllowSocketOptionsWithKey();
    }

    /// <summary>
    /// Allows the calls of a process that serves one client. The calls of every connection have no condition: the kernel allows
    /// them without running the filter.
    /// </summary>
    internal static void AllowSession(SystemCallFilter filter)
    {
        // The echo, and the log.
        filter.Allow(SystemCall.Read);
        filter.Allow(SystemCall.Write);
        filter.Allow(SystemCall.Close);
        filter.Allow(SystemCall.Ppoll);
        filter.AllowWithNull(SystemCall.Splice, 1, 3); // at an offset it could write over earlier lines of a log
        filter.Allow(SystemCall.Pipe2, argument: 1, 0);
        filter.AllowPipeCapacity();
        filter.AllowWithNull(SystemCall.Sendto, 4); // to the peer of the socket only

        // The start and the end of a child, and the work of the parent.
        filter.Allow(SystemCall.RtSigaction);
        filter.Allow(SystemCall.RtSigprocmask);
        filter.Allow(SystemCall.RtSigreturn);
        filter.Allow(SystemCall.Getpid);
        filter.Allow(SystemCall.ClockGettime, argument: 0, WallClock.Id); // others are clocks of processes
        filter.Allow(SystemCall.ClockGettime, argument: 0, MonotonicClock.Id);
        filter.Allow(SystemCall.ExitGroup);
        filter.Allow(SystemCall.RestartSyscall);

        // What the runtime may do on its own.
        filter.AllowHeapToGrow();
        filter.AllowFinalizerToWait();
        filter.Allow(SystemCall.SkippedByTracer);
    }

    private void ThrowIfRequired(Errno failure)
    {
        if (failure.IsError && options.Sandbox == SandboxMode.Required)
        {
            throw new PosixException("seccomp", failure.ToString(), "--sandbox=require");
        }
    }
}
