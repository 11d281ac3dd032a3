using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace EchoNative.Managed;

/// <summary>What signals and Ctrl-C ask the server to do. Disposing it gives the signals back.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <param name="tellSummary">What SIGUSR1 calls for.</param>
    public StopRequests(Action tellSummary)
    {
        Take(PosixSignal.SIGINT, Note);
        Take(PosixSignal.SIGTERM, Note);

        // nohup(1) starts a program with SIGHUP ignored, so that it outlives the terminal. The class library leaves such a
        // signal ignored.
        Take(PosixSignal.SIGHUP, Note);

        if (!OperatingSystem.IsWindows())
        {
            const int OnLinux = 10;
            const int OnMacAndBsd = 30;
            Take((PosixSignal)(OperatingSystem.IsLinux() ? OnLinux : OnMacAndBsd), tellSummary);
        }
    }

    /// <summary>Completes when the server is to take no more clients.</summary>
    public Task First => _first.Task;

    /// <summary>Completes when it is to end at once.</summary>
    public Task Second => _second.Task;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Take(PosixSignal signal, Action action) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // what the signal does otherwise
            action();
        }));

    private void Note()
    {
        TaskCompletionSource request = Interlocked.Increment(ref _count) == 1 ? _first : _second;
        _ = request.TrySetResult();
    }
}
