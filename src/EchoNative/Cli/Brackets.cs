using System;

namespace EchoNative.Cli;

/// <summary>The brackets that an IPv6 address has before a port: <c>[::1]:9190</c>.</summary>
internal static class Brackets
{
    /// <summary>Returns the IPv6 address without its brackets, and any other text unchanged.</summary>
    public static string Remove(string text)
    {
        bool isBracketed = text is ['[', .., ']'];
        string inner = isBracketed ? text[1..^1] : text;
        return inner.Contains(':', StringComparison.Ordinal) && !AreIn(inner) ? inner : text;
    }

    /// <summary>Whether the text contains a bracket.</summary>
    public static bool AreIn(string text) => text.AsSpan().IndexOfAny('[', ']') >= 0;
}
