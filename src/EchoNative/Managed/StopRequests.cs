using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace EchoNative.Managed;

/// <summary>
/// Handles Ctrl-C, on Windows also Ctrl-Break, and the signals that ask the server to stop or to log a summary. Disposing it
/// removes the handlers.
/// </summary>
internal sealed class StopRequests : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <summary>Installs the handlers. They run on threads of the class library.</summary>
    /// <param name="logSummary">What SIGUSR1 does.</param>
    public StopRequests(Action logSummary)
    {
        Handle(PosixSignal.SIGINT, CountRequest);
        Handle(PosixSignal.SIGTERM, CountRequest);

        // nohup(1) starts a program with SIGHUP ignored, so that the program survives the end of its terminal. The class
        // library leaves such a signal ignored.
        Handle(PosixSignal.SIGHUP, CountRequest);

        if (OperatingSystem.IsWindows())
        {
            // The class library's name for Ctrl-Break.
            Handle(PosixSignal.SIGQUIT, CountRequest);
        }
        else
        {
            const int OnLinux = 10;
            const int OnMacAndBsd = 30;
            Handle((PosixSignal)(OperatingSystem.IsLinux() ? OnLinux : OnMacAndBsd), logSummary);
        }
    }

    /// <summary>Completes at the first request: the server accepts no more clients.</summary>
    public Task First => _first.Task;

    /// <summary>Completes at the second request: the server ends at once.</summary>
    public Task Second => _second.Task;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Handle(PosixSignal signal, Action action) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // the default action, which ends the process
            action();
        }));

    private void CountRequest()
    {
        TaskCompletionSource request = Interlocked.Increment(ref _count) == 1 ? _first : _second;
        _ = request.TrySetResult();
    }
}
