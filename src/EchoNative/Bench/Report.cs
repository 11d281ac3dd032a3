using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using EchoNative.Options;

namespace EchoNative.Bench;

/// <summary>The result of a run.</summary>
internal sealed record BenchResult
{
    private const double NanosecondsPerMicrosecond = 1000;

    public required BenchOptions Options { get; init; }

    /// <summary>Seconds from the end of the warm-up to the last answer.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many messages were echoed; in the mode stream, how many whole blocks.</summary>
    public required long Operations { get; init; }

    /// <summary>How many bytes came back unchanged.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many operations or connections failed.</summary>
    public required long Errors { get; init; }

    /// <summary>In the mode hold: how many connections echoed everything up to their end.</summary>
    public required int Held { get; init; }

    /// <summary>The percentiles and then the maximum, in microseconds; all 0 in the mode stream.</summary>
    public required IReadOnlyList<(string Name, double Microseconds)> Latencies { get; init; }

    public bool IsStream => Options.Mode == BenchMode.Stream;

    public string ModeName => Options.Mode switch
    {
        BenchMode.Connect => "connect",
        BenchMode.Ping => "ping",
        BenchMode.Stream => "stream",
        _ => "hold",
    };

    /// <summary>Operations per second; in the mode stream, bytes per second.</summary>
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
            Errors = measurement.Errors,
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

/// <summary>Writes a result as text, or as one line of JSON.</summary>
internal static class Report
{
    private const int NameWidth = 8;
    private const int NumberWidth = 16;
    private const int SecondsDecimals = 3;
    private const int FirstControlCharacterAllowed = ' ';

    /// <summary>Writes one aligned line for each number.</summary>
    public static string ToText(BenchResult result)
    {
        StringBuilder text = new();
        AddLine(text, "rate", Decimal(result.Rate, 1), result.IsStream ? "bytes/s" : "/s");
        if (!result.IsStream)
        {
            foreach ((string name, double microseconds) in result.Latencies)
            {
                AddLine(text, name, Decimal(microseconds, 1), "us");
            }
        }

        AddLine(text, "bytes", Integer(result.Bytes), "");
        if (result.Options.Mode == BenchMode.Hold)
        {
            AddLine(text, "held", Integer(result.Held), $"of {Integer(result.Options.Connections)}");
        }

        AddLine(text, "errors", Integer(result.Errors), "");
        return text.ToString();
    }

    /// <summary>Writes one JSON object in one line. It has all members in every mode. See RFC 8259.</summary>
    public static string ToJson(BenchResult result)
    {
        StringBuilder text = new();
        _ = text.Append("{\"mode\":").Append(Quote(result.ModeName)).Append(",\"host\":").Append(Quote(result.Options.Host));
        AddMember(text, "port", Integer(result.Options.Port));
        AddMember(text, "connections", Integer(result.Options.Connections));
        AddMember(text, "size", Integer(result.Options.Size));
        AddMember(text, "seconds", Decimal(result.Seconds, SecondsDecimals));
        AddMember(text, "operations", Integer(result.Operations));
        AddMember(text, "rate", Decimal(result.Rate, 1));
        AddMember(text, "bytes", Integer(result.Bytes));
        AddMember(text, "bytes_per_second", Decimal(result.BytesPerSecond, 1));
        AddMember(text, "errors", Integer(result.Errors));
        AddMember(text, "held", Integer(result.Held));
        foreach ((string name, double microseconds) in result.Latencies)
        {
            AddMember(text, name.Replace(".", "", StringComparison.Ordinal) + "_us", Decimal(microseconds, 2));
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>
    /// Formats a number with this many decimals. Only integers are formatted by the class library: its code for
    /// fractions would be a large part of the binary.
    /// </summary>
    internal static string Decimal(double number, int decimals)
    {
        const int Base = 10;
        long scale = 1;
        for (int digit = 0; digit < decimals; digit++)
        {
            scale *= Base;
        }

        long scaled = (long)Math.Round(number * scale);
        return $"{Integer(scaled / scale)}.{Integer(scaled % scale).PadLeft(decimals, '0')}";
    }

    /// <summary>Writes a text as a JSON string, with its quotation marks.</summary>
    internal static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char character in text)
        {
            if (character is '"' or '\\')
            {
                _ = quoted.Append('\\').Append(character);
            }
            else if (character < FirstControlCharacterAllowed)
            {
                _ = quoted.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                _ = quoted.Append(character);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static void AddLine(StringBuilder text, string name, string number, string unit) =>
        text.Append($"{name.PadRight(NameWidth)}{number.PadLeft(NumberWidth)} {unit}".TrimEnd()).Append('\n');

    private static void AddMember(StringBuilder text, string name, string number) =>
        text.Append(",\"").Append(name).Append("\":").Append(number);

    private static string Integer(long number) => number.ToString(CultureInfo.InvariantCulture);
}
