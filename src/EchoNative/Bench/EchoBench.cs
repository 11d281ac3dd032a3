using System;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// Puts load on an echo server and reports the result. It has one thread, which serves all connections by epoll(7).
/// </summary>
internal static class EchoBench
{
    // The standard streams, epoll, and what the lookup of a name may open.
    private const int OwnDescriptors = 16;

    /// <summary>Runs the load, and writes the result to standard output.</summary>
    /// <returns>The exit status: 0 if every byte came back, otherwise 1.</returns>
    /// <exception cref="PosixException">The load could not be run, or the result could not be written.</exception>
    public static int Run(BenchOptions options)
    {
        // A write to a connection that the server has closed then fails with EPIPE, and counts as an error. A result that does
        // not fit into a file at its size limit is reported by EFBIG.
        SignalHandler.Ignore(Signal.Pipe);
        SignalHandler.Ignore(Signal.FileSizeExceeded);
        CheckDescriptors(options.Connections);
        Load load = Create(options, Route.Find(options.Host, options.Port, options.Timeout));
        load.Run();
        return WriteResult(load);
    }

    private static void CheckDescriptors(int connections)
    {
        long limit = CurrentProcess.IncreaseDescriptorLimit();
        long needed = (long)connections + OwnDescriptors;
        if (limit < needed)
        {
            throw new PosixException(
                $"{connections} connections need {needed} descriptors, and no more than {limit} are allowed (ulimit -Hn)");
        }
    }

    private static Load Create(BenchOptions options, Route route) => options.Mode switch
    {
        BenchMode.Connect => new ConnectLoad(options, route),
        BenchMode.Ping => new PingLoad(options, route),
        BenchMode.Stream => new StreamLoad(options, route),
        BenchMode.Hold => new HoldLoad(options, route),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Mode, "a mode is not handled"),
    };

    private static int WriteResult(Load load)
    {
        Measurement measurement = load.Measurement;
        if (measurement.FirstError is string first)
        {
            string others = measurement.Errors == 1 ? "" : $" (the first of {measurement.Errors} errors)";
            _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes($"echo-bench: {first}{others}\n"));
        }

        BenchResult result = BenchResult.Of(load);
        string text = load.Options.Json ? Report.ToJson(result) : Report.ToText(result);
        IoResult written = StandardStream.Output.WriteAll(Encoding.UTF8.GetBytes(text));
        if (written.Failed)
        {
            throw new PosixException("write", written.Error.ToString(), "standard output");
        }

        return measurement.Errors == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
