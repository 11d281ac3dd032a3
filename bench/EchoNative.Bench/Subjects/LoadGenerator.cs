using System;
using System.Collections.Generic;
using System.Globalization;

namespace EchoNative.Bench;

/// <summary>A run of echo-bench against a server. It compares every byte that comes back.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly OwnProcess _process;

    private LoadGenerator(OwnProcess process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a run.</summary>
    /// <param name="lab">Where.</param>
    /// <param name="server">Against whom.</param>
    /// <param name="arguments">Options and mode of echo-bench.</param>
    public static LoadGenerator Start(Lab lab, RunningServer server, FormattableString arguments)
    {
        string[] words = arguments.ToString(CultureInfo.InvariantCulture).Split(' ');
        string port = server.Port.ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<string> command = lab.Pinning.Load([Lab.Ours("echo-bench"), "--json", .. words, "127.0.0.1", port]);
        return new LoadGenerator(OwnProcess.Start(command, readsOutput: true));
    }

    /// <summary>Does nothing for the time of a measurement; its connections stay.</summary>
    public T WhileStopped<T>(Func<T> measure)
    {
        _process.Signal("STOP");
        T result = measure();
        _process.Signal("CONT");
        return result;
    }

    /// <summary>Does a run from start to end, and checks the server's children.</summary>
    /// <inheritdoc cref="Start"/>
    /// <exception cref="MeasurementException">There were errors, or a child did not end well.</exception>
    public static LoadResult Run(Lab lab, RunningServer server, FormattableString arguments)
    {
        using LoadGenerator load = Start(lab, server, arguments);
        LoadResult result = load.Finish();
        server.CheckChildren();
        return result;
    }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="MeasurementException">There were errors: what is fast and wrong is no result.</exception>
    public LoadResult Finish()
    {
        (string output, string error) = _process.Finish();
        LoadResult? result = output.Length > 0 ? LoadResult.Parse(output) : null;
        return result is null || _process.ExitStatus != 0 || result.Errors > 0
            ? throw new MeasurementException($"echo-bench: {result?.Errors ?? 0} errors, exit status {_process.ExitStatus}: {error}")
            : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
