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

    private static readonly OptionDescription s_connections =
        new("--connections", "N", "have N connections at a time (default 1; hold: 1000)");

    private static readonly OptionDescription s_duration =
        new("--duration", "SECONDS", "go on for so long, such as 0.5 (default 5)");

    private static readonly OptionDescription s_count =
        new("--count", "N", "instead, stop after N operations; stream: after N bytes");

    private static readonly OptionDescription s_size =
        new("--size", "N", "bytes of a message (default 30; connect: 5, stream: blocks of 65536)");

    private static readonly OptionDescription s_warmup =
        new("--warmup", "SECONDS", "do not count what is begun before (default 0.5; with --count 0)");

    private static readonly OptionDescription s_timeout =
        new("--timeout", "SECONDS", "a longer wait for an answer is an error (default 10)");

    private static readonly OptionDescription s_json =
        new("--json", null, "write the result as one line of JSON");

    public static Command Command { get; } = new(
        "echo-bench",
        "<mode> <host> <port>",
        "Puts load on a TCP echo server, and compares every byte that comes back. Modes:\n"
            + "  connect   connect, send, wait for the echo, close; over and over\n"
            + "  ping      round trips on open connections\n"
            + "  stream    bulk: send without waiting for what comes back\n"
            + "  hold      keep many connections, and make round trips on one after the other",
        [
            s_connections, s_duration, s_count, s_size, s_warmup, s_timeout, s_json,
            OptionDescription.Help, OptionDescription.Version,
        ]);

    /// <exception cref="UsageException">The arguments make no sense.</exception>
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
