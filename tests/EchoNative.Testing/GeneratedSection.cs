using System;
using System.IO;

namespace EchoNative.Testing;

/// <summary>A part of a document that a program writes, between two comments that bear its name.</summary>
public static class GeneratedSection
{
    /// <summary>Puts a text in the place of the part that is there.</summary>
    /// <param name="path">The document, from the root of the source tree.</param>
    /// <param name="name">The name of the part.</param>
    /// <param name="text">What it is to hold.</param>
    public static void Write(string path, string name, string text)
    {
        string begin = $"<!-- {name}: written by make -->\n";
        string end = $"<!-- end of {name} -->";
        string file = Path.Combine(Binary.Root, path);
        string document = File.ReadAllText(file);
        int from = document.IndexOf(begin, StringComparison.Ordinal);
        int to = document.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidOperationException($"{path} has no part {name}");
        }

        File.WriteAllText(file, $"{document[..(from + begin.Length)]}\n{text.Trim('\n')}\n\n{document[to..]}");
    }
}
