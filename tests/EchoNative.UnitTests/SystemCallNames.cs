using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>The system calls that the program knows by number, by their C names.</summary>
internal static partial class SystemCallNames
{
    public static IReadOnlyDictionary<string, SystemCall> All { get; } =
        typeof(SystemCall).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.Name != nameof(SystemCall.SkippedByTracer))
            .ToDictionary(property => NameOf(property.Name), property => (SystemCall)property.GetValue(null)!);

    // RtSigaction becomes rt_sigaction. Fork is the only exception: Linux forks by clone.
    private static string NameOf(string property) =>
        property == nameof(SystemCall.Fork) ? "clone" : WordStart().Replace(property, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
