using System;
using System.Globalization;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using EchoNative.Testing;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>
/// A thread that makes one call, which can be interrupted by real signals. The handler is a function of the C library
/// without effect (getppid), so the signal may arrive at any time. It is installed without SA_RESTART, so that a sleeping
/// call fails with EINTR.
/// </summary>
internal sealed unsafe partial class ThreadInKernel
{
    private static readonly Lock s_lock = new();
    private static bool s_handlerIsInstalled;

    private readonly Thread _thread;
    private volatile int _threadId;
    private Exception? _failure;

    /// <summary>Starts the call.</summary>
    /// <param name="call">The call that sleeps.</param>
    public ThreadInKernel(Action call)
    {
        InstallHandler();
        _thread = new Thread(() => Run(call)) { IsBackground = true };
        _thread.Start();
        Deadline.WaitUntil(() => _threadId != 0, "the thread has started");
    }

    /// <summary>Whether the call has returned.</summary>
    public bool HasReturned => !_thread.IsAlive;

    /// <summary>The signal whose handler does nothing.</summary>
    public static int HarmlessSignal => LibC.SIGUSR1;

    /// <summary>The calling thread's id; see gettid(2).</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int GetThreadId();

    /// <summary>Sends a signal to one thread of this process and no other.</summary>
    public static void Send(int threadId, int signal) => Assert.Equal(0, SendToThread(Environment.ProcessId, threadId, signal));

    /// <summary>Waits until the thread sleeps in the kernel.</summary>
    public void WaitUntilAsleep() =>
        Deadline.WaitUntil(() => HasReturned || ProcessTable.StateOf(_threadId) == 'S', "the thread sleeps in its call");

    /// <summary>Interrupts the sleeping call several times, and each time waits until it sleeps again.</summary>
    public void Interrupt(int times)
    {
        for (int time = 0; time < times && !HasReturned; time++)
        {
            WaitUntilAsleep();
            long sleeps = Sleeps();
            if (SendToThread(Environment.ProcessId, _threadId, HarmlessSignal) == 0)
            {
                Deadline.WaitUntil(() => HasReturned || Sleeps() > sleeps, "the thread has woken and sleeps again");
            }
        }
    }

    /// <summary>Waits until the call has returned, and throws what it threw.</summary>
    public void Join()
    {
        Assert.True(_thread.Join(Deadline.Long), "the call did not return");
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    [LibraryImport("libc", EntryPoint = "tgkill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendToThread(int processId, int threadId, int signal);

    private static void InstallHandler()
    {
        lock (s_lock)
        {
            if (!s_handlerIsInstalled)
            {
                sigaction disposition = default;
                disposition.sa_handler = (void*)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "getppid");
                Assert.Equal(0, LibC.sigaction(HarmlessSignal, &disposition, null));
                s_handlerIsInstalled = true;
            }
        }
    }

    private void Run(Action call)
    {
        _threadId = GetThreadId();
        try
        {
            call();
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    // How often the thread has gone to sleep; 0 if it has ended.
    private long Sleeps()
    {
        try
        {
            return long.Parse(ProcessTable.StatusOf(_threadId, "voluntary_ctxt_switches"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
