using System.Text.Json;

namespace EchoNative.Bench;

/// <summary>What echo-bench says with --json.</summary>
internal sealed record LoadResult
{
    public required long Operations { get; init; }

    /// <summary>Operations a second.</summary>
    public required double Rate { get; init; }

    /// <summary>The bytes that came back.</summary>
    public required long Bytes { get; init; }

    public required double BytesPerSecond { get; init; }

    /// <summary>How many operations or connections failed.</summary>
    public required long Errors { get; init; }

    /// <summary>How many connections were held and answered to the end.</summary>
    public required long Held { get; init; }

    /// <summary>The time that half of the operations did not exceed, in microseconds.</summary>
    public required double Median { get; init; }

    /// <summary>The time that 99 of 100 did not exceed.</summary>
    public required double Percentile99 { get; init; }

    /// <summary>Reads the line.</summary>
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
