using System;
using System.Collections.Generic;
using EchoNative.Options;

namespace EchoNative.Cli;

/// <summary>The command line of <c>echo-bench</c>.</summary>
internal static class BenchCommandLine
{
    private const int MostConnections = 1_000_000;
    private const int LargestSize = 1 << 30;
    private const long HighestCount = 1_000_000_000_000_000;
    private const int LongestSeconds = 1_000_000;

    public static Command Command { get; } = new(
        "echo-bench",
        "<mode> <host> <port>",
        Describe,
        [
            new("--connections", "N"),
            new("--duration", "SECONDS"),
            new("--count", "N"),
            new("--size", "N"),
            new("--warmup", "SECONDS"),
            new("--timeout", "SECONDS"),
            new("--json"),
            OptionDescription.Help,
            OptionDescription.Version,
        ]);

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">The arguments after the name of the command.</param>
    /// <exception cref="UsageException">The command line is wrong; the message says why.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        BenchOptions options = new() { Mode = BenchMode.Connect, Host = "", Port = 0 };
        ArgumentReader reader = new(arguments, Command.Options);
        int operands = 0;
        while (reader.TryRead())
        {
            options = reader.Option is null
                ? ApplyOperand(options, operands++, reader.Value)
                : ApplyOption(options, reader.Option, reader.Value);
        }

        return operands switch
        {
            0 => throw new UsageException("the mode, the host and the port are missing"),
            1 => throw new UsageException("the host and the port are missing"),
            2 => throw new UsageException("the port is missing"),
            _ => Check(options),
        };
    }

    private static ReadOnlySpan<byte> Describe(string? option) => option switch
    {
        null => "Puts load on a TCP echo server and compares every byte that comes back. Modes:\n"u8
            + "  connect   connect, send, wait for the echo, close; then again\n"u8
            + "  ping      round trips on open connections\n"u8
            + "  stream    bulk data: send without waiting for the echo\n"u8
            + "  hold      keep many connections open; round trips on one after the other"u8,
        "--connections" => "keep N connections open at a time (default 1; hold: 1000)"u8,
        "--duration" => "run for this many seconds, e.g. 0.5 (default 5)"u8,
        "--count" => "stop after N operations instead; stream: after N bytes"u8,
        "--size" => "bytes per message (default 30; connect: 5; stream: blocks of 65536)"u8,
        "--warmup" => "do not count the first SECONDS (default 0.5, or 0 with --count)"u8,
        "--timeout" => "count an answer that takes longer as an error (default 10)"u8,
        "--json" => "write the result as one line of JSON"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not described"),
    };

    private static BenchOptions ApplyOperand(BenchOptions options, int position, string value) => position switch
    {
        0 => options with { Mode = ParseMode(value) },
        1 => options with { Host = HostOperand.Check(value) },
        2 => options with { Port = Number.Parse(value, "port", 1, Number.HighestPort) },
        _ => throw new UsageException($"a mode, a host and a port are enough: '{value}' is too many"),
    };

    private static BenchOptions ApplyOption(BenchOptions options, string option, string value) => option switch
    {
        "--connections" => options with { Connections = Number.Parse(value, "connections", 1, MostConnections) },
        "--duration" => options with { Duration = Seconds.Parse(value, "duration", 1, LongestSeconds) },
        "--count" => options with { Count = Number.Parse(value, "count", 1, HighestCount) },
        "--size" => options with { Size = Number.Parse(value, "size", 1, LargestSize) },
        "--warmup" => options with { Warmup = Seconds.Parse(value, "warmup", 0, LongestSeconds) },
        "--timeout" => options with { Timeout = Seconds.Parse(value, "timeout", 1, LongestSeconds) },
        "--json" => options with { Json = true },
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not handled"),
    };

    private static BenchMode ParseMode(string mode) => mode switch
    {
        "connect" => BenchMode.Connect,
        "ping" => BenchMode.Ping,
        "stream" => BenchMode.Stream,
        "hold" => BenchMode.Hold,
        _ => throw new UsageException($"mode '{mode}' is none of connect, ping, stream, hold"),
    };

    private static BenchOptions Check(BenchOptions options) =>
        options.HasDuration && options.Count is not null
            ? throw new UsageException("--duration and --count can't both say when to stop")
            : options;
}
