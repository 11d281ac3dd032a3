using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using EchoNative.Testing;

namespace EchoNative.PackageTests;

/// <summary>A manual page as man(1) shows it, with lines of any length.</summary>
internal sealed partial class ManualPage
{
    private const int TextIndent = 5;

    private readonly Dictionary<string, List<string>> _sections = [];
    private readonly List<string> _names = [];

    /// <summary>Renders the page of a program.</summary>
    public ManualPage(string program)
    {
        List<string> section = [];
        string page = ToolRun.Check("mandoc", "-T", "ascii", "-O", "width=1000", PathOf(program));
        foreach (string line in Overstrike().Replace(page, "").Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                section = [];
                _sections[line] = section;
                _names.Add(line);
            }
            else
            {
                section.Add(line);
            }
        }
    }

    /// <summary>The headings, in their order.</summary>
    public IReadOnlyList<string> Sections => _names;

    /// <summary>The options that have a paragraph of their own.</summary>
    public IReadOnlyList<ProgramOption> Options
    {
        get
        {
            List<ProgramOption> options = [];
            foreach (string line in Lines("OPTIONS"))
            {
                if (IndentOf(line) == TextIndent && line.TrimStart().StartsWith('-'))
                {
                    // A short name is followed by its text on the same line.
                    string[] parts = line.Trim().Split("  ", 2);
                    options.Add(new ProgramOption(parts[0], parts.Length > 1 ? parts[1].Trim() : ""));
                }
                else if (IndentOf(line) > TextIndent && options.Count > 0)
                {
                    options[^1] = options[^1] with { Description = $"{options[^1].Description} {line.Trim()}".Trim() };
                }
            }

            return options;
        }
    }

    /// <summary>The examples: what to type, and the output that the page promises.</summary>
    public IReadOnlyList<Example> Examples
    {
        get
        {
            List<Example> examples = [];
            bool open = false;
            foreach (string line in Lines("EXAMPLES"))
            {
                bool inside = IndentOf(line) > TextIndent;
                if (inside && !open)
                {
                    examples.Add(new Example());
                }

                open = inside;
                if (inside)
                {
                    examples[^1].Add(line.Trim());
                }
            }

            return examples;
        }
    }

    /// <summary>The text of the synopsis, in one line.</summary>
    public string Synopsis => string.Join(' ', Lines("SYNOPSIS").Select(line => line.Trim()));

    /// <summary>All its text, in one line.</summary>
    public string Text => string.Join(' ', _sections.Values.SelectMany(lines => lines).Select(line => line.Trim()));

    /// <summary>Its source.</summary>
    public static string PathOf(string program) => Path.Combine(Binary.Root, "man", $"{program}.1");

    private List<string> Lines(string section) =>
        _sections.TryGetValue(section, out List<string>? lines) ? lines : throw new InvalidOperationException(
            $"no section {section}");

    private static int IndentOf(string line) => line.Length - line.TrimStart().Length;

    // Bold and underlined text is written with backspaces.
    [GeneratedRegex(@".\x08")]
    private static partial Regex Overstrike();
}
