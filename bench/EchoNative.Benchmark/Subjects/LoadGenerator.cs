using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;

namespace EchoNative.Benchmark;

/// <summary>The result that echo-bench prints with --json.</summary>
internal sealed record LoadResult
{
    public required long Operations { get; init; }

    /// <summary>Operations per second.</summary>
    public required double Rate { get; init; }

    /// <summary>How many bytes came back unchanged.</summary>
    public required long Bytes { get; init; }

    public required double BytesPerSecond { get; init; }

    /// <summary>How many operations or connections failed.</summary>
    public required long Errors { get; init; }

    /// <summary>How many connections were held and answered to the end.</summary>
    public required long Held { get; init; }

    /// <summary>The median of the latency, in microseconds.</summary>
    public required double Median { get; init; }

    /// <summary>The 99th percentile of the latency, in microseconds.</summary>
    public required double Percentile99 { get; init; }

    /// <summary>Parses the line of JSON.</summary>
    public static LoadResult Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new LoadResult
        {
            Operations = root.GetProperty("operations").GetInt64(),
            Rate = root.GetProperty("rate").GetDouble(),
            Bytes = root.GetProperty("bytes").GetInt64(),
            BytesPerSecond = root.GetProperty("bytes_per_second").GetDouble(),
            Errors = root.GetProperty("errors").GetInt64(),
            Held = root.GetProperty("held").GetInt64(),
            Median = root.GetProperty("p50_us").GetDouble(),
            Percentile99 = root.GetProperty("p99_us").GetDouble(),
        };
    }
}

/// <summary>A run of echo-bench against a server. It compares every byte that comes back.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private readonly StartedProcess _process;

    private LoadGenerator(StartedProcess process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a run.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="server">The server to put load on.</param>
    /// <param name="arguments">Options and mode of echo-bench.</param>
    public static LoadGenerator Start(Lab lab, MeasuredServer server, FormattableString arguments)
    {
        string[] words = arguments.ToString(CultureInfo.InvariantCulture).Split(' ');
        string port = server.Port.ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<string> command = lab.Pinning.Load([Lab.Ours("echo-bench"), "--json", .. words, "127.0.0.1", port]);
        return new LoadGenerator(StartedProcess.Start(command, readsOutput: true));
    }

    /// <summary>Stops it by SIGSTOP for the time of a measurement. Its connections stay open.</summary>
    public T WhileStopped<T>(Func<T> measure)
    {
        _process.Signal("STOP");
        T result = measure();
        _process.Signal("CONT");
        return result;
    }

    /// <summary>Runs from start to end, and checks the server's children.</summary>
    /// <inheritdoc cref="Start"/>
    /// <exception cref="MeasurementException">There were errors, or a child did not end well.</exception>
    public static LoadResult Run(Lab lab, MeasuredServer server, FormattableString arguments)
    {
        using LoadGenerator load = Start(lab, server, arguments);
        LoadResult result = load.Finish();
        server.CheckChildren();
        return result;
    }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="MeasurementException">There were errors, so the result does not count.</exception>
    public LoadResult Finish()
    {
        (string output, string error) = _process.Finish();
        LoadResult? result = output.Length > 0 ? LoadResult.Parse(output) : null;
        return result is null || _process.ExitStatus != 0 || result.Errors > 0
            ? throw new MeasurementException(
                $"echo-bench: {result?.Errors ?? 0} errors, exit status {_process.ExitStatus}: {error}")
            : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
