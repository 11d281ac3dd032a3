using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace EchoNative.PackageTests;

/// <summary>Options in lines of their own, each with its description two blanks or more behind it.</summary>
internal static partial class OptionTable
{
    /// <summary>Reads all lines that are such.</summary>
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
