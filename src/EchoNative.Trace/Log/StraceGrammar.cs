using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace EchoNative.Trace.Log;

/// <summary>The grammar of what strace prints. <see cref="Model.SystemCallTable"/> knows what a call does.</summary>
internal static class StraceGrammar
{
    private const string Closing = ")]}";

    private static readonly TextParser<int> s_number =
        Span.WithAll(char.IsAsciiDigit)
            .Where(span => int.TryParse(span.ToStringValue(), CultureInfo.InvariantCulture, out _))
            .Select(span => int.Parse(span.ToStringValue(), CultureInfo.InvariantCulture));

    private static readonly TextParser<Unit> s_spaces = Character.EqualTo(' ').IgnoreMany();

    private static readonly TextParser<Unit> s_string =
        from open in Character.EqualTo('"')
        from content in Character.EqualTo('\\').IgnoreThen(Character.AnyChar).Or(Character.Except('"')).IgnoreMany()
        from close in Character.EqualTo('"')
        select Unit.Value;

    // An arrow joins the two ends of a connection. Its > does not end the annotation.
    private static readonly TextParser<TextSpan> s_annotation =
        from open in Character.EqualTo('<')
        from content in Span.MatchedBy(
            Span.EqualTo("->").Value(Unit.Value).Try().Or(Character.ExceptIn('<', '>').Value(Unit.Value)).IgnoreMany())
        from close in Character.EqualTo('>')
        select content;

    private static readonly TextParser<Unit> s_element =
        s_string
            .Or(Parse.Ref(() => Group('(', ')')))
            .Or(Parse.Ref(() => Group('[', ']')))
            .Or(Parse.Ref(() => Group('{', '}')))
            .Or(s_annotation.Value(Unit.Value).Try())
            .Or(Character.Matching(IsPlain, "part of an argument").Value(Unit.Value));

    private static readonly TextParser<string[]> s_arguments =
        Span.MatchedBy(s_element.IgnoreMany())
            .Select(span => span.ToStringValue().Trim())
            .ManyDelimitedBy(Character.EqualTo(','));

    // strace prints ??? where the process was killed before strace could read which call it made.
    private static readonly TextParser<TextSpan> s_name = Span.Regex(@"\w+|\?+");

    private static readonly TextParser<long?> s_value =
        Character.EqualTo('?').Value((long?)null)
            .Or(Span.EqualTo("0x").Try().IgnoreThen(Span.WithAll(char.IsAsciiHexDigit))
                .Select(span => Hexadecimal(span.ToStringValue())))
            .Or(Numerics.IntegerInt64.Select(value => (long?)value));

    private static readonly TextParser<CallResult> s_result =
        from value in s_value
        from annotation in s_annotation.Try().OptionalOrDefault(TextSpan.Empty)
        from space in s_spaces
        from error in Span.Regex("E[A-Z0-9]+").Try().OptionalOrDefault(TextSpan.Empty)
        from rest in Span.WithAll(_ => true).OptionalOrDefault(TextSpan.Empty)
        select new CallResult(value, Text(annotation), Text(error), Duration(Text(rest)));

    private static readonly TextParser<(string Name, string[] Arguments, CallResult Result)> s_call =
        from name in s_name
        from open in Character.EqualTo('(')
        from arguments in s_arguments
        from close in Character.EqualTo(')')
        from gap in s_spaces
        from sign in Character.EqualTo('=')
        from space in s_spaces
        from result in s_result
        select (name.ToStringValue(), arguments, result);

    private static readonly TextParser<(string Name, string Arguments)> s_resumed =
        from open in Span.EqualTo("<... ")
        from name in s_name
        from close in Span.EqualTo(" resumed>")
        from rest in Span.WithAll(_ => true).OptionalOrDefault(TextSpan.Empty)
        select (name.ToStringValue(), Text(rest));

    private static readonly TextParser<(string Name, int Sender)> s_signal =
        from open in Span.EqualTo("--- ")
        from name in Span.Regex(@"SIG\w+")
        from information in Span.WithAll(_ => true)
        select (name.ToStringValue(), SenderIn(information.ToStringValue()));

    private static readonly TextParser<string> s_end =
        from open in Span.EqualTo("+++ ")
        from how in Span.Regex(@"(exited with -?\d+|killed by SIG\w+|superseded by execve in pid \d+)")
        from rest in Span.WithAll(_ => true)
        select how.ToStringValue();

    private static readonly TextParser<TimeSpan> s_time =
        Span.Regex(@"\d+\.\d{1,9}").Select(span => Seconds(span.ToStringValue()));

    private static readonly TextParser<int> s_task =
        Span.EqualTo("[pid").IgnoreThen(s_spaces).IgnoreThen(s_number)
            .Then(task => s_annotation.Optional().IgnoreThen(Character.EqualTo(']')).Value(task))
            .Or(s_number.Then(task => s_annotation.Optional().Value(task)));

    // A line without a task begins with the time, which is also a number: so a task is tried first.
    private static readonly TextParser<LinePrefix> s_prefix =
        (from task in s_task
         from gap in Character.EqualTo(' ').IgnoreThen(s_spaces)
         from time in s_time
         from space in Character.EqualTo(' ')
         select new LinePrefix(task, time)).Try()
        .Or(from time in s_time
            from space in Character.EqualTo(' ')
            select new LinePrefix(null, time));

    private static readonly TextParser<DescriptorName> s_descriptor =
        from number in s_number
        from annotation in s_annotation.OptionalOrDefault(TextSpan.Empty)
        select new DescriptorName(number, Text(annotation));

    /// <summary>Divides a line into its prefix and the event.</summary>
    /// <returns>Null where the line does not begin as strace begins a line.</returns>
    public static (LinePrefix Prefix, string Remainder)? ParsePrefix(string line)
    {
        Result<LinePrefix> result = s_prefix(new TextSpan(line));
        return result.HasValue ? (result.Value, Text(result.Remainder)) : null;
    }

    /// <summary>A whole call; null where the text is something else.</summary>
    public static (string Name, IReadOnlyList<string> Arguments, CallResult Result)? ParseCall(string text)
    {
        Result<(string Name, string[] Arguments, CallResult Result)> call = s_call.AtEnd()(new TextSpan(text));
        return call.HasValue
            ? (call.Value.Name, call.Value.Arguments is [""] ? [] : call.Value.Arguments, call.Value.Result)
            : null;
    }

    /// <summary>The second line of a call that strace printed in two lines.</summary>
    public static (string Name, string Arguments)? ParseResumed(string text) => Find(s_resumed, text);

    /// <summary>The arrival of a signal.</summary>
    public static (string Name, int Sender)? ParseSignal(string text) => Find(s_signal, text);

    /// <summary>How a task ended.</summary>
    public static string? ParseEnd(string text)
    {
        Result<string> result = s_end(new TextSpan(text));
        return result.HasValue ? result.Value : null;
    }

    /// <summary>A descriptor among the arguments or in a list.</summary>
    public static DescriptorName? ParseDescriptor(string text)
    {
        Result<DescriptorName> result = s_descriptor.AtEnd()(new TextSpan(text));
        return result.HasValue ? result.Value : null;
    }

    /// <summary>The elements of <c>[a, b]</c> or <c>{a, b}</c>; an empty list for any other text.</summary>
    public static IReadOnlyList<string> ParseList(string text)
    {
        if (text.Length < 2 || text[0] is not ('[' or '{'))
        {
            return [];
        }

        Result<string[]> result = s_arguments(new TextSpan(text[1..]));
        return result.HasValue ? [.. result.Value.Where(element => element.Length > 0)] : [];
    }

    /// <summary>The value of a field of <c>{name=value, other=value}</c>; empty where there is no such field.</summary>
    public static string ParseField(string structure, string name) =>
        ParseList(structure).FirstOrDefault(field => field.StartsWith(name + "=", StringComparison.Ordinal)) is string field
            ? field[(name.Length + 1)..]
            : "";

    private static bool IsPlain(char letter) => letter != ',' && !Closing.Contains(letter, StringComparison.Ordinal);

    private static long? Hexadecimal(string digits) =>
        ulong.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value)
            ? unchecked((long)value)
            : null;

    private static TextParser<Unit> Group(char open, char close) =>
        from first in Character.EqualTo(open)
        from content in s_element.Or(Character.EqualTo(',').Value(Unit.Value)).IgnoreMany()
        from last in Character.EqualTo(close)
        select Unit.Value;

    private static T? Find<T>(TextParser<T> parser, string text)
        where T : struct
    {
        Result<T> result = parser(new TextSpan(text));
        return result.HasValue ? result.Value : null;
    }

    private static string Text(TextSpan span) => span.Source is null ? "" : span.ToStringValue();

    private static TimeSpan Seconds(string text) =>
        new((long)(decimal.Parse(text, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));

    private static double? Duration(string rest)
    {
        int open = rest.LastIndexOf('<');
        return open >= 0 && rest.EndsWith('>')
            && double.TryParse(rest[(open + 1)..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            ? seconds
            : null;
    }

    private static int SenderIn(string information)
    {
        const string Field = "si_pid=";
        int start = information.IndexOf(Field, StringComparison.Ordinal);
        Result<int> number = start < 0 ? default : s_number(new TextSpan(information[(start + Field.Length)..]));
        return number.HasValue ? number.Value : 0;
    }
}

/// <summary>The beginning of a line, before the event.</summary>
/// <param name="Task">The number of the task; null where strace does not print it because there is one task only.</param>
/// <param name="Time">The time since the epoch.</param>
internal sealed record LinePrefix(int? Task, TimeSpan Time);
