using System;
using System.Globalization;
using System.Text;

namespace EchoNative.Bench;

/// <summary>A result as text: for a person, or as one line of JSON.</summary>
internal static class Report
{
    private const int NameWidth = 8;
    private const int NumberWidth = 16;
    private const int SecondsDecimals = 3;
    private const int FirstControlCharacterAllowed = ' ';

    /// <summary>Aligned lines.</summary>
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
        if (result.Options.Mode == Options.BenchMode.Hold)
        {
            AddLine(text, "held", Integer(result.Held), $"of {Integer(result.Options.Connections)}");
        }

        AddLine(text, "errors", Integer(result.Errors), "");
        return text.ToString();
    }

    /// <summary>One object in one line, with all members in every mode; see RFC 8259.</summary>
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
    /// A number with so many decimals. Whole numbers are all that is formatted: the code for fractions
    /// would be a sizeable part of the program.
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
