using System.Linq;
using System.Text.Json;

namespace EchoNative.Benchmark;

/// <summary>Writes the results as JSON, with the values of every round.</summary>
internal static class JsonResults
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public static string Write(Report report) => JsonSerializer.Serialize(
        new
        {
            report.Machine,
            report.Plan,
            report.Pinning,
            Rows = report.Rows.Select(row => new
            {
                row.What,
                row.Against,
                Unit = row.Unit.Name,
                row.Target.MoreIsBetter,
                Target = row.IsValid && row.Target.IsSet ? row.TargetRatio : (double?)null,
                Ratio = row.IsValid ? row.Ratio : (double?)null,
                Ours = row.IsValid ? row.Ours : (double?)null,
                Other = row.IsValid ? row.Other : (double?)null,
                row.Verdict,
                row.Fault,
                Rounds = row.Rounds.Select(pair => new { pair.Ours, pair.Other }),
            }),
            report.Missing,
        },
        s_options) + "\n";
}
