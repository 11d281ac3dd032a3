using System.Collections.Generic;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>What came of a run. Times are in microseconds where nothing else is said.</summary>
internal sealed record BenchResult
{
    private const double NanosecondsPerMicrosecond = 1000;

    public required BenchOptions Options { get; init; }

    /// <summary>From the end of the warm-up to the last answer.</summary>
    public required double Seconds { get; init; }

    /// <summary>Messages that were echoed; in a stream, whole blocks.</summary>
    public required long Operations { get; init; }

    /// <summary>Bytes that came back and were right.</summary>
    public required long Bytes { get; init; }

    public required long Errors { get; init; }

    /// <summary>In the mode hold, how many connections have answered from their beginning to the end.</summary>
    public required int Held { get; init; }

    /// <summary>The percentiles by their names, then the maximum; all 0 in a stream, which has no round trips.</summary>
    public required IReadOnlyList<(string Name, double Microseconds)> Latencies { get; init; }

    public bool IsStream => Options.Mode == BenchMode.Stream;

    public string ModeName => Options.Mode switch
    {
        BenchMode.Connect => "connect",
        BenchMode.Ping => "ping",
        BenchMode.Stream => "stream",
        _ => "hold",
    };

    /// <summary>Operations a second; in a stream, bytes.</summary>
    public double Rate => IsStream ? BytesPerSecond : PerSecond(Operations);

    public double BytesPerSecond => PerSecond(Bytes);

    public static BenchResult Of(Load load)
    {
        Measurement measurement = load.Measurement;
        LatencyHistogram latencies = measurement.Latencies;
        return new BenchResult
        {
            Options = load.Options,
            Seconds = measurement.Seconds,
            Operations = load.Options.Mode == BenchMode.Stream ? measurement.Bytes / load.Options.Size : measurement.Operations,
            Bytes = measurement.Bytes,
            Errors = load.Faults.Count,
            Held = load.Held,
            Latencies =
            [
                ("p50", latencies.GetPercentile(0.5) / NanosecondsPerMicrosecond),
                ("p90", latencies.GetPercentile(0.9) / NanosecondsPerMicrosecond),
                ("p99", latencies.GetPercentile(0.99) / NanosecondsPerMicrosecond),
                ("p99.9", latencies.GetPercentile(0.999) / NanosecondsPerMicrosecond),
                ("max", latencies.Maximum / NanosecondsPerMicrosecond),
            ],
        };
    }

    private double PerSecond(long count) => Seconds > 0 ? count / Seconds : 0;
}
