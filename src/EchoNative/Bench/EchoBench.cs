using System;
using System.Text;
using EchoNative.Options;
using EchoNative.Posix;

namespace EchoNative.Bench;

/// <summary>
/// Puts load on an echo server and tells how it fared: one thread, which never waits for one connection
/// while another could go on.
/// </summary>
internal static class EchoBench
{
    // The standard streams, epoll, and what looking up a name may use.
    private const int OwnDescriptors = 16;

    /// <summary>Runs the load, and writes the result to standard output.</summary>
    /// <returns>The exit status: whether every byte came back.</returns>
    /// <exception cref="PosixException">The load could not be run.</exception>
    public static int Run(BenchOptions options)
    {
        // A server that closes early is told by EPIPE, as an error among others.
        SignalHandler.Ignore(Signal.Pipe);
        CheckDescriptors(options.Connections);
        Load load = Create(options, Route.Find(options.Host, options.Port));
        load.Run();
        return Tell(load);
    }

    private static void CheckDescriptors(int connections)
    {
        long limit = DescriptorLimit.Extend();
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

    private static int Tell(Load load)
    {
        if (load.Faults.First is string first)
        {
            string others = load.Faults.Count == 1 ? "" : $" (the first of {load.Faults.Count} errors)";
            _ = StandardStream.Error.WriteAll(Encoding.UTF8.GetBytes($"echo-bench: {first}{others}\n"));
        }

        BenchResult result = BenchResult.Of(load);
        string text = load.Options.Json ? Report.ToJson(result) : Report.ToText(result);
        IoResult written = StandardStream.Output.WriteAll(Encoding.UTF8.GetBytes(text));
        if (written.Failed)
        {
            throw new PosixException("write", written.Error.ToString(), "standard output");
        }

        return load.Faults.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
