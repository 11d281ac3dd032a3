using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>All system calls that the program knows by number, under the names that C has for them.</summary>
internal static partial class SystemCallNames
{
    public static IReadOnlyDictionary<string, SystemCall> All { get; } =
        typeof(SystemCall).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.Name != nameof(SystemCall.TakenOutByTracer))
            .ToDictionary(property => NameOf(property.Name), property => (SystemCall)property.GetValue(null)!);

    // RtSigaction is rt_sigaction; that Linux forks by clone is what the property says.
    private static string NameOf(string property) =>
        property == nameof(SystemCall.Fork) ? "clone" : WordStart().Replace(property, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
