using System;
using System.Collections.Generic;
using System.Globalization;
using EchoNative.Cli;
using EchoNative.Options;

namespace EchoNative.Trace.Cli;

/// <summary>The command line of <c>echo-trace</c>.</summary>
internal static class TraceCommandLine
{
    public static Command Command { get; } = new(
        "echo-trace",
        "<log>",
        Describe,
        [new("--output", "BASE"), new("--at", "SECONDS"), OptionDescription.Help, OptionDescription.Version]);

    /// <exception cref="UsageException">The arguments make no sense.</exception>
    public static TraceOptions Parse(IReadOnlyList<string> arguments)
    {
        TraceOptions options = new();
        ArgumentReader reader = new(arguments, Command.Options);
        while (reader.TryRead())
        {
            options = Apply(options, reader.Option, reader.Value);
        }

        return options.Log.Length > 0 ? options : throw new UsageException("the log is missing");
    }

    private static ReadOnlySpan<byte> Describe(string? option) => option switch
    {
        null => "Draws the processes and descriptors of a forking server from a log of 'strace -f -ttt'.\n"u8
            + "Record one with: strace -f -ttt -o LOG COMMAND. A log named - is standard input."u8,
        "--output" => "write BASE.svg and BASE.html (default: the name of the log, in this folder)"u8,
        "--at" => "write the descriptor tables at that moment to BASE-at-SECONDS.svg instead"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not described"),
    };

    private static TraceOptions Apply(TraceOptions options, string? option, string value) => option switch
    {
        null when options.Log.Length > 0 => throw new UsageException($"one log is enough: '{value}' is too many"),
        null when value.Length == 0 => throw new UsageException("the name of the log is empty"),
        null => options with { Log = value },
        "--output" when value.Length == 0 => throw new UsageException("the output's name is empty"),
        "--output" => options with { Output = value },
        "--at" => options with { At = ParseSeconds(value) },
        _ => throw new ArgumentOutOfRangeException(nameof(option), option, "an option of the table is not handled"),
    };

    private static decimal ParseSeconds(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds <= int.MaxValue
            ? seconds
            : throw new UsageException($"at '{text}' is not a number of seconds, such as 1.25");
}

/// <summary>What <c>echo-trace</c> is asked to do.</summary>
internal sealed record TraceOptions
{
    /// <summary>The path of the log; empty where none was given, <c>-</c> for standard input.</summary>
    public string Log { get; init; } = "";

    /// <summary>The beginning of the names of the written files; null for the name of the log without its extension.</summary>
    public string? Output { get; init; }

    /// <summary>The moment of the still picture, in seconds from the beginning; null for the picture over time.</summary>
    public decimal? At { get; init; }
}
