using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace EchoNative.PackageTests;

/// <summary>An option as some text describes it.</summary>
/// <param name="Synopsis">With its value, as in <c>--bind ADDRESS</c>.</param>
/// <param name="Description">Its description.</param>
internal sealed partial record ProgramOption(string Synopsis, string Description)
{
    /// <summary>Without its value.</summary>
    public string Name => Synopsis.Split(' ')[0];

    /// <summary>Whether it takes a value.</summary>
    public bool TakesValue => Synopsis.Contains(' ', StringComparison.Ordinal);

    /// <summary>
    /// Its default: the numbers in it, or its words if it has no number; empty without a default. Short texts have it
    /// in parentheses, as in <c>(default 5)</c>, pages in a sentence, as in <c>The default is 5.</c>
    /// </summary>
    public IReadOnlyList<string> Default
    {
        get
        {
            Match match = ToldShortly().Match(Description);
            match = match.Success ? match : ToldAtLength().Match(Description);
            string text = match.Groups[1].Value;
            string[] numbers = [.. Numbers().Matches(text).Select(number => number.Value)];
            return !match.Success ? [] : numbers.Length > 0 ? numbers : [text];
        }
    }

    [GeneratedRegex(@"\(default:? ([^)]*)\)")]
    private static partial Regex ToldShortly();

    [GeneratedRegex(@"The default is (.*?)\.(?:\s|$)")]
    private static partial Regex ToldAtLength();

    [GeneratedRegex(@"(?<![\w.])\d+(?:\.\d+)*(?!\w)")]
    private static partial Regex Numbers();
}
