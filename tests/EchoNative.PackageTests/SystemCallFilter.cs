using System;
using System.Collections.Generic;
using System.Linq;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>The meaning of <c>SystemCallFilter=</c>, see systemd.exec(5): names, sets of names, and exclusions.</summary>
internal static class SystemCallFilter
{
    /// <summary>The system calls that are allowed.</summary>
    /// <param name="settings">The values, in their order; the first is a list of what is allowed.</param>
    public static HashSet<string> Allowed(IReadOnlyList<string> settings)
    {
        ILookup<string, string> sets = ReadSets();

        // Always allowed: no process can do without them.
        HashSet<string> allowed = Expand("@default", sets);
        foreach (string setting in settings)
        {
            bool takesAway = setting.StartsWith('~');
            foreach (string name in setting.TrimStart('~').Split(' '))
            {
                if (takesAway)
                {
                    allowed.ExceptWith(Expand(name, sets));
                }
                else
                {
                    allowed.UnionWith(Expand(name, sets));
                }
            }
        }

        return allowed;
    }

    private static HashSet<string> Expand(string name, ILookup<string, string> sets) =>
        name.StartsWith('@') ? [.. sets[name].SelectMany(member => Expand(member, sets))] : [name];

    // The sets of this machine's systemd: the name in the first column, a comment and the members below.
    private static ILookup<string, string> ReadSets()
    {
        List<(string Set, string Member)> members = [];
        string set = "";
        foreach (string line in ToolRun.Check("systemd-analyze", "syscall-filter", "--no-pager").Split('\n'))
        {
            if (line.StartsWith('@'))
            {
                set = line;
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal) && !line.Contains('#', StringComparison.Ordinal))
            {
                members.Add((set, line.Trim()));
            }
        }

        return members.ToLookup(member => member.Set, member => member.Member);
    }
}
