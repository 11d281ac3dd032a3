using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace EchoNative.Benchmark;

/// <summary>The machine and the day of the measurement.</summary>
internal sealed record Machine
{
    public string Processor { get; } = ReadProcessor();

    public int Processors { get; } = Environment.ProcessorCount;

    public string Kernel { get; } = "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public string Architecture { get; } = RuntimeInformation.OSArchitecture.ToString();

    public string Date { get; } = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Processor}, {Processors} processors, {Architecture}, {Kernel}, {Date}");

    // On Arm, /proc/cpuinfo has no such line.
    private static string ReadProcessor()
    {
        string? line = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? "unknown processor" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
