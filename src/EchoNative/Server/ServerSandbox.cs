using EchoNative.Log;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Server;

/// <summary>
/// What the server gives up before it takes the first client, so that a child which was taken over can reach nothing:
/// all of root's rights, and all system calls but those of its work.
/// </summary>
/// <param name="options">Whether it is to give up anything, and what it has to do in the end.</param>
/// <remarks>
/// One filter holds for the parent and for the children, since to give each child one of its own costs too much. What
/// only the parent may do, it does with a key that no child has: see docs/decisions/0010.
/// </remarks>
internal sealed class ServerSandbox(ServerOptions options)
{
    private Errno _failureInOtherThread;

    /// <summary>What lets the parent fork, send signals, and remove the file of its port.</summary>
    public ParentKey Key { get; private set; }

    /// <summary>For the other thread, which has rights of its own.</summary>
    /// <param name="account">Who the server is to become; that takes the rights of every thread.</param>
    public void PrepareOtherThread(Account? account)
    {
        if (options.Sandbox)
        {
            // The filter forbids it to every thread, where the kernel has filters.
            _ = Capabilities.SetNoNewPrivileges();
            _failureInOtherThread = account is null ? Capabilities.DropAll() : Errno.None;
        }
    }

    /// <summary>Gets the key, which is to be kept from the children.</summary>
    public void Prepare()
    {
        if (options.Sandbox)
        {
            Key = ParentKey.Create();
        }
    }

    /// <summary>Gives up everything but what serving takes: from now on, no memory, no file, no other program.</summary>
    /// <param name="account">Who the server has become, if anybody else.</param>
    /// <param name="log">Where it is told that the kernel has no such filters.</param>
    /// <exception cref="PosixException">The rights can't be given up.</exception>
    public void Enter(Account? account, EventLog<ParentLogSink> log)
    {
        if (!options.Sandbox)
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
        AllowWork(filter);
        if (options.PortFile is not null)
        {
            filter.AllowUnlinkWithKey();
        }

        failure = filter.Install();
        if (failure.IsError)
        {
            log.WriteMessage(new NotConfined(failure.Description));
        }
    }

    /// <summary>
    /// Allows the calls of parent and children. Those without conditions are those of every connection: the kernel
    /// knows them without running the filter.
    /// </summary>
    internal static void AllowWork(SystemCallFilter filter)
    {
        // The echo, and the log.
        filter.Allow(SystemCall.Read);
        filter.Allow(SystemCall.Write);
        filter.Allow(SystemCall.Close);
        filter.Allow(SystemCall.Ppoll);
        filter.Allow(SystemCall.Splice);
        filter.Allow(SystemCall.Pipe2);
        filter.Allow(SystemCall.Fcntl, argument: 1, SplicePipe.SetCapacityCommand);
        filter.AllowWithNull(SystemCall.Sendto, argument: 4); // to the peer of the socket and nobody else

        // The life of a child, and that of the parent.
        filter.Allow(SystemCall.RtSigaction);
        filter.Allow(SystemCall.RtSigprocmask);
        filter.Allow(SystemCall.RtSigreturn);
        filter.Allow(SystemCall.Getpid);
        filter.Allow(SystemCall.ClockGettime);
        filter.Allow(SystemCall.ExitGroup);
        filter.Allow(SystemCall.RestartSyscall);
        filter.Allow(SystemCall.Accept); // a child has no listening socket
        filter.Allow(SystemCall.Wait4); // nor children

        // What the runtime may do on its own.
        filter.AllowHeapToGrow();
        filter.AllowFinalizerToWait();

        filter.AllowForkWithKey();
        filter.AllowKillWithKey();
        filter.Allow(SystemCall.SkippedByTracer);
    }
}
