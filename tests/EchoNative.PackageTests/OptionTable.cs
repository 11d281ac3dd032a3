using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace EchoNative.PackageTests;

/// <summary>Lines with one option each, followed by two or more spaces and its description.</summary>
internal static partial class OptionTable
{
    /// <summary>Reads all such lines.</summary>
    public static IReadOnlyList<ProgramOption> Read(IEnumerable<string> lines)
    {
        List<ProgramOption> options = [];
        foreach (string line in lines)
        {
            Match match = Row().Match(line);
            if (match.Success)
            {
                options.Add(new ProgramOption(match.Groups[1].Value, match.Groups[2].Value));
            }
        }

        return options;
    }

    [GeneratedRegex(@"^  (-\S+(?: \S+)?)  +(\S.*)$")]
    private static partial Regex Row();
}
