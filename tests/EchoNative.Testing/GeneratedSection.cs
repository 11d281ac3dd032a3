using System;
using System.IO;

namespace EchoNative.Testing;

/// <summary>The part of a document that a program writes. It stands between two comments that contain its name.</summary>
public static class GeneratedSection
{
    /// <summary>Replaces the text of the part.</summary>
    /// <param name="path">The document, from the root of the source tree.</param>
    /// <param name="name">The name of the part.</param>
    /// <param name="text">The new text.</param>
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
